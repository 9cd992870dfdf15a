import { call, allow, input, kase, none, type } from "./author.mjs";

const usd = (amount, currency = "USD") => ({ amount, currency });
const long = (count) => "a".repeat(count);

export const cases = [
  type("bool", "Bool", { reads: [[true], [false]], faults: [["true", "bool"], [1, "bool"], [0, "bool"], [null, "bool"], [[], "bool"]] }),
  type("int", "Int", {
    reads: [[0], [-7], [9007199254740991], [-9007199254740991]],
    faults: [[1.5, "int"], ["1", "int"], [9007199254740992, "int"], [1e300, "int"], [true, "int"]],
  }),
  type("decimal", "Decimal", {
    reads: [[1.5], [0.1], ["1.50", "1.5"], ["1e3", "1000"], ["-0.25"], ["00.5", "0.5"], [7]],
    faults: [["1,5", "decimal"], ["abc", "decimal"], ["", "decimal"], ["0x10", "decimal"], ["1e999", "decimal"], [" 1", "decimal"], ["+1", "decimal"], [true, "decimal"]],
  }),
  type("decimal-digits", "Decimal", {
    reads: [["1234567890123456789012345678901234"]],
    faults: [["12345678901234567890123456789012345", "decimal"], [`0.${"1".repeat(35)}`, "decimal"]],
  }),
  type("text-is-kept-as-it-is", "Text", {
    reads: [["a"], [""], ["two\nlines\t"], ["cafe\u0301"], ["\u0000"], ["zero\u200bwidth"]],
    faults: [[1, "text"], [null, "text"], [["a"], "text"]],
  }),
  type("text-bound", "Text<5>", { reads: [["12345"], [""], ["cafe\u0301"]], faults: [["123456", "too_long"], ["\u{1f600}\u{1f600}\u{1f600}", "too_long"]] }),
  type("line-normal-form", "Line", { reads: [["cafe\u0301", "caf\u00e9"], ["a b"], [""], ["e\u200bvil"]], faults: [[7, "line"]] }),
  type("line-holds-no-line-break", "Line", {
    faults: [["a\nb", "line"], ["a\r", "line"], ["a\u0000b", "line"], ["a\tb", "line"], ["a\u2028b", "line"], ["a\u2029b", "line"], ["a\u0085b", "line"], ["a\u007f", "line"]],
  }),
  type("line-header-injection", "Line", { faults: [["Hello\r\nBcc: spy@evil.test", "line"], ["Hello\u2028Bcc: spy@evil.test", "line"]], reads: [["Hello Bcc: spy@evil.test"]] }),
  type("line-bound-is-of-the-canonical-text", "Line<4>", { reads: [["cafe\u0301", "caf\u00e9"], ["1234"]], faults: [["12345", "too_long"]] }),
  type("id", "Id", {
    reads: [["c9"], ["A-1_2:3"], ["cafe\u0301", "caf\u00e9"], [long(256)]],
    faults: [["", "id"], ["a b", "id"], ["a\u00a0b", "id"], ["a\u200bb", "id"], ["\u202eabc", "id"], ["a\nb", "line"], [long(257), "too_long"], [9, "id"], ["a\ufe0f", "id"]],
  }),
  type("enum", "\"low\" | \"high\"", { reads: [["low"], ["high"]], faults: [["Low", "enum"], ["", "enum"], ["low ", "enum"], [1, "enum"], ["medium", "enum"]] }),
  type("bytes", "Bytes", {
    reads: [["aGk="], [""], ["aGkh"], ["+/+/"]],
    faults: [["aGk", "bytes"], ["a b=", "bytes"], ["aGl=", "bytes"], ["aGk=\n", "bytes"], ["-_-_", "bytes"], [12, "bytes"]],
  }),
  type("duration", "Duration", {
    reads: [["15s"], ["60s", "1m"], ["24h", "1d"], ["90m"], ["1000ms", "1s"], ["0s", "0ms"], ["007s", "7s"]],
    faults: [["15", "duration"], ["-5s", "duration"], ["1.5h", "duration"], ["15 s", "duration"], ["1w", "duration"], [15, "duration"], ["", "duration"], ["9999999999999d", "duration"]],
  }),
  type("time", "Time", {
    reads: [["2026-01-05T10:00:00Z"], ["2026-01-05T12:00:00+02:00", "2026-01-05T10:00:00Z"], ["2026-01-05T10:00:00.500Z"], ["2026-01-05T10:00:00.000Z", "2026-01-05T10:00:00Z"], ["2024-02-29T00:00:00Z"]],
    faults: [["2026-02-31T00:00:00Z", "time"], ["2026-01-05", "time"], ["2026-01-05T10:00:00", "time"], ["2026-01-05 10:00:00Z", "time"], ["2025-02-29T00:00:00Z", "time"], ["2026-01-05T25:00:00Z", "time"], [1767607200000, "time"], ["tomorrow", "time"]],
  }),
  type("json-is-any-value", "Json", { reads: [[null], [1], ["a"], [[1, { a: [] }]], [{ a: { b: null } }], [false]] }),
  kase("json-is-not-looked-into", "policy spec.json_opaque @ 1\ntier low { isolate inline }\ntool t (x: Json, n: Int) { effect read  risk low }\nallow granted on t { when n > 0 }\n", [
    call("t", { x: { n: 0 }, n: 1 }, allow("granted", { args: { x: { n: 0 }, n: 1 } })), call("t", { x: { n: 1 }, n: 0 }, none()),
  ]),
  type("list", "[Int]", { reads: [[[]], [[1, 2, 3]]], faults: [[1, "list"], ["1", "list"], [{}, "list"], [[1, "2"], "int", "x[1]"], [[1, null], "int", "x[1]"], [[[1]], "int", "x[0]"]] }),
  type("list-of-lists", "[[Bool]]", { reads: [[[[], [true]]]], faults: [[[true], "list", "x[0]"], [[[true], [1]], "bool", "x[1][0]"]] }),
  type("list-names-the-first-bad-element", "[Email]", {
    reads: [[["Ann <ann@ACME.com>", "bo@x.de"], ["ann@acme.com", "bo@x.de"]]],
    faults: [[["ann@acme.com", "nobody", "neither"], "email", "x[1]"], ["ann@acme.com", "list"]],
  }),
  type("record", "{ a: Int, b?: Line }", {
    reads: [[{ a: 1 }], [{ a: 1, b: "x" }], [{ a: 1, b: null }, { a: 1 }]],
    faults: [[{}, "missing", "x.a"], [{ a: null }, "int", "x.a"], [{ a: 1, c: 2 }, "unknown_field", "x.c"], [[], "record"], ["a", "record"], [null, "record"], [{ a: "1" }, "int", "x.a"], [{ a: 1, b: "x\ny" }, "line", "x.b"]],
  }),
  type("record-in-a-list-in-a-record", "{ rows: [{ n: Int }] }", {
    reads: [[{ rows: [{ n: 1 }, { n: 2 }] }], [{ rows: [] }]],
    faults: [[{ rows: [{ n: 1 }, { n: "2" }] }, "int", "x.rows[1].n"], [{ rows: [{ m: 1 }] }, "unknown_field", "x.rows[0].m"], [{ rows: [{}] }, "missing", "x.rows[0].n"]],
  }),
  type("named-record", "Customer", {
    decls: "type Customer { id: Id, email: Email, tags?: [Line] }",
    reads: [[{ id: "c9", email: "Ann <a@B.de>" }, { id: "c9", email: "a@b.de" }], [{ id: "c9", email: "a@b.de", tags: [] }]],
    faults: [[{ id: "c 9", email: "a@b.de" }, "id", "x.id"], [{ id: "c9" }, "missing", "x.email"], [{ id: "c9", email: "a@b.de", name: "Ann" }, "unknown_field", "x.name"]],
  }),
  type("named-record-in-a-named-record", "Order", {
    decls: "type Item { sku: Id, n: Int }\ntype Order { id: Id, items: [Item] }",
    reads: [[{ id: "o1", items: [{ sku: "s1", n: 2 }] }]],
    faults: [[{ id: "o1", items: [{ sku: "s1", n: 0.5 }] }, "int", "x.items[0].n"], [{ id: "o1", items: {} }, "list", "x.items"]],
  }),
  type("record-keys-of-prototypes-are-data", "{ a: Int }", {
    reads: [[{ a: 1 }]],
    faults: [[{ a: 1, constructor: 1 }, "unknown_field", "x.constructor"], [{ a: 1, toString: 1 }, "unknown_field", "x.toString"], [{ hasOwnProperty: 1 }, "unknown_field", "x.hasOwnProperty"]],
  }),
  type("money-with-a-currency", "Money<USD>", {
    reads: [[12.5], [usd(12.5)], ["12.50", 12.5], [usd("12.50"), usd(12.5)], [0], ["1e2", 100]],
    faults: [[-1, "money"], [12.505, "money"], [usd(1, "EUR"), "currency", "x.currency"], ["12,50", "money"], [usd(-1), "money", "x.amount"], [{ amount: 1 }, "money"], [true, "money"], ["9999999999999.999", "money"]],
  }),
  type("money-of-any-currency", "Money", {
    reads: [[usd(12.5)], [usd(12, "EUR")], [usd(0)]],
    faults: [[12.5, "money"], ["12.5", "money"], [usd(1, "usd"), "currency", "x.currency"], [usd(1, "XXX"), "currency", "x.currency"], [{ ...usd(1), note: "" }, "unknown_field", "x.note"], [{ currency: "USD" }, "money"], [usd(null), "money", "x.amount"]],
  }),
  type("money-decimals-of-the-currency", "Money", {
    reads: [[usd(100, "JPY")], [usd(1.234, "BHD")], [usd(0.0001, "CLF")], [usd(1.25, "EUR")]],
    faults: [[usd(100.5, "JPY"), "money", "x.amount"], [usd(1.2345, "BHD"), "money", "x.amount"], [usd(1.234, "EUR"), "money", "x.amount"]],
  }),
  type("money-has-at-most-15-digits", "Money<JPY>", { reads: [[999999999999999]], faults: [[1000000000000000, "money"], ["1e20", "money"]] }),
  kase("optional-null-and-missing", `
policy spec.optional @ 1
tier low { isolate inline }
tool t (a: Int, b?: Int, c?: [Int]) { effect read  risk low }
allow granted on t { }
`, [
    call("t", { a: 1 }, allow("granted", { args: { a: 1 } })),
    call("t", { a: 1, b: null, c: null }, allow("granted", { args: { a: 1 } })),
    call("t", { a: 1, c: [] }, allow("granted", { args: { a: 1, c: [] } })),
    call("t", { a: null }, input("a", "int")),
    call("t", { b: 1 }, input("a", "missing")),
    call("t", { a: 1, b: "1" }, input("b", "int")),
  ]),
  kase("arguments-are-one-object-of-declared-names", `
policy spec.arguments @ 1
tier low { isolate inline }
tool t (a: Int) { effect read  risk low }
tool nothing () { effect read  risk low }
allow granted on t, nothing { }
`, [
    call("t", { a: 1 }, allow("granted")),
    call("nothing", {}, allow("granted", { args: {} })),
    call("nothing", { a: 1 }, input("a", "unknown_field")),
    call("t", [], input("", "record")),
    call("t", null, input("", "record")),
    call("t", "a", input("", "record")),
    call("t", { a: 1, A: 1 }, input("A", "unknown_field")),
    call("t", { a: 1, constructor: 1 }, input("constructor", "unknown_field")),
  ]),
];
