import { cond } from "./author.mjs";

const usd = (amount, currency = "USD") => ({ amount, currency });
const people = "identity session { participants: [Email] }";
const said = { session: { participants: ["ann@acme.com", "bo@acme.com"] } };

export const cases = [
  cond("every", "ns: [Int]", "every ns > 0", { yes: [{ ns: [1, 2] }, { ns: [] }], no: [{ ns: [1, 0] }, { ns: [0] }] }),
  cond("some", "ns: [Int]", "some ns > 0", { yes: [{ ns: [0, 1] }], no: [{ ns: [0, -1] }, { ns: [] }] }),
  cond("not-every", "ns: [Int]", "not every ns > 0", { yes: [{ ns: [1, 0] }], no: [{ ns: [1] }, { ns: [] }] }),
  cond("not-some", "ns: [Int]", "not some ns > 0", { yes: [{ ns: [] }, { ns: [0] }], no: [{ ns: [0, 1] }] }),
  cond("every-over-an-absent-optional-list", "ns?: [Int]", "every ns > 0", { yes: [{}, { ns: null }, { ns: [] }, { ns: [1] }], no: [{ ns: [0] }] }),
  cond("some-over-an-absent-optional-list", "ns?: [Int]", "some ns > 0", { yes: [{ ns: [1] }], no: [{}, { ns: null }, { ns: [] }, { ns: [0] }] }),
  cond("every-in-a-list", "to: [Email]", "every to in [\"ann@acme.com\", \"bo@acme.com\"]", {
    effect: "egress", sink: "to", yes: [{ to: ["Ann <ann@ACME.com>"] }, { to: [] }], no: [{ to: ["ann@acme.com", "spy@evil.test"] }],
  }),
  cond("every-member-in-host-patterns", "to: [Email]", "every to.domain in [\"acme.com\", \"*.acme.com\"]", {
    effect: "egress", sink: "to",
    yes: [{ to: ["a@acme.com", "b@eu.acme.com"] }],
    no: [{ to: ["a@acme.com", "b@evil-acme.com"] }, { to: ["a@acme.com.evil.test"] }],
  }),
  cond("some-not-in", "to: [Email]", "some to.domain not in [\"acme.com\"]", { effect: "egress", sink: "to", yes: [{ to: ["a@acme.com", "b@evil.test"] }], no: [{ to: ["a@acme.com"] }, { to: [] }] }),
  cond("every-in-a-claim", "to: [Email]", "every to in session.participants", {
    effect: "egress", sink: "to", decls: people,
    yes: [[{ to: ["ann@acme.com"] }, said], [{ to: [] }, said], { to: [] }],
    no: [[{ to: ["ann@acme.com", "x@evil.test"] }, said]],
    unknown: [{ to: ["ann@acme.com"] }],
  }),
  cond("every-with-one-false-is-false-whatever-is-unknown", "ms: [Money]", "every ms <= 10 USD", {
    yes: [{ ms: [usd(1), usd(10)] }], no: [{ ms: [usd(11), usd(1, "EUR")] }, { ms: [usd(1, "EUR"), usd(11)] }], unknown: [{ ms: [usd(1), usd(1, "EUR")] }],
  }),
  cond("some-with-one-true-is-true-whatever-is-unknown", "ms: [Money]", "some ms > 10 USD", {
    yes: [{ ms: [usd(1, "EUR"), usd(11)] }, { ms: [usd(11), usd(1, "EUR")] }], no: [{ ms: [usd(1)] }], unknown: [{ ms: [usd(1), usd(99, "EUR")] }],
  }),
  cond("every-named", "ns: [Int], max: Int", "every n in ns: (n > 0 and n <= max)", { yes: [{ ns: [1, 2], max: 2 }, { ns: [], max: 0 }], no: [{ ns: [1, 3], max: 2 }, { ns: [0], max: 2 }] }),
  cond("some-named", "ns: [Int]", "some n in ns: (n > 1 and n < 4)", { yes: [{ ns: [0, 3] }], no: [{ ns: [1, 4] }, { ns: [] }] }),
  cond("every-named-over-an-absent-optional-list", "ns?: [Int]", "every n in ns: (n > 0 or n < -10)", { yes: [{}, { ns: [-11, 1] }], no: [{ ns: [-5] }] }),
  cond("quantifiers-nest", "rows: [[Int]]", "every row in rows: (some row == 0)", { yes: [{ rows: [[0], [1, 0]] }, { rows: [] }], no: [{ rows: [[0], [1]] }, { rows: [[]] }] }),
  cond("inner-names-see-outer-names", "a: [Int], b: [Int]", "every x in a: (some y in b: (y == x))", { yes: [{ a: [1, 2], b: [2, 1] }, { a: [], b: [] }], no: [{ a: [1, 3], b: [1, 2] }] }),
  cond("every-field-of-records", "rows: [{ n: Int, ok: Bool }]", "every rows.n > 0", { yes: [{ rows: [{ n: 1, ok: false }] }, { rows: [] }], no: [{ rows: [{ n: 1, ok: true }, { n: 0, ok: true }] }] }),
  cond("some-field-of-records", "rows: [{ n: Int }]", "some rows.n == 7", { yes: [{ rows: [{ n: 1 }, { n: 7 }] }], no: [{ rows: [{ n: 1 }] }, { rows: [] }] }),
  cond("every-record-by-name", "rows: [{ n: Int, max: Int }]", "every r in rows: (r.n <= r.max)", { yes: [{ rows: [{ n: 1, max: 1 }] }], no: [{ rows: [{ n: 2, max: 1 }] }] }),
  cond("every-element-of-lists-in-records", "rows: [{ tags: [Line] }]", "every rows.tags == \"x\"", { yes: [{ rows: [{ tags: ["x"] }, { tags: [] }] }, { rows: [] }], no: [{ rows: [{ tags: ["x", "y"] }] }] }),
  cond("a-list-in-a-record", "r: { tags: [Line] }", "r.tags has \"x\"", { yes: [{ r: { tags: ["x"] } }], no: [{ r: { tags: [] } }] }),
  cond("index", "ns: [Int]", "ns[0] == 1", { yes: [{ ns: [1, 2] }], no: [{ ns: [2] }], unknown: [{ ns: [] }] }),
  cond("index-by-an-argument", "ns: [Int], i: Int", "ns[i] > 5", { yes: [{ ns: [0, 9], i: 1 }], no: [{ ns: [0, 9], i: 0 }], unknown: [{ ns: [9], i: 1 }, { ns: [9], i: -1 }] }),
  cond("member-of-an-element", "to: [Email]", "to[0].domain == \"acme.com\"", { effect: "egress", sink: "to", yes: [{ to: ["a@ACME.com", "x@evil.test"] }], no: [{ to: ["x@evil.test"] }], unknown: [{ to: [] }] }),
  cond("some-argument-of-a-type", "a: Email, b: [Email], s: Line", "some arg of Email == \"x@evil.test\"", {
    effect: "egress", sink: "a, b",
    yes: [{ a: "x@evil.test", b: [], s: "" }, { a: "a@b.de", b: ["c@d.de", "X <x@EVIL.test>"], s: "" }], no: [{ a: "a@b.de", b: [], s: "x@evil.test" }],
  }),
  cond("some-argument-of-a-type-in-records", "who: { name: Line, mail: Email }, cc?: [{ mail: Email }]", "some arg of Email == \"x@evil.test\"", {
    yes: [{ who: { name: "x", mail: "x@evil.test" } }, { who: { name: "x", mail: "a@b.de" }, cc: [{ mail: "x@evil.test" }] }], no: [{ who: { name: "x@evil.test", mail: "a@b.de" } }],
  }),
  cond("some-argument-of-a-type-in-a-named-record", "who: Person", "some arg of Path under \"/etc\"", {
    decls: "type Person { name: Line, home: Path }", yes: [{ who: { name: "x", home: "/home/../etc/x" } }], no: [{ who: { name: "/etc", home: "/home/x" } }],
  }),
  cond("some-argument-of-a-type-that-is-not-there", "n: Int, p?: Path", "some arg of Path under \"/etc\"", { yes: [{ n: 1, p: "/etc" }], no: [{ n: 1 }, { n: 1, p: "/x" }] }),
  cond("every-argument-of-a-type", "a: Path, b?: Path", "every arg of Path under \"/repo\"", { yes: [{ a: "/repo/x" }, { a: "/repo", b: "/repo/y" }], no: [{ a: "/repo", b: "/etc" }] }),
  cond("some-argument-has-a-flag", "a: Url, bs?: [Url]", "some arg of Url has private_host", {
    effect: "egress", sink: "a, bs", yes: [{ a: "http://localhost/" }, { a: "https://acme.com/", bs: ["https://acme.com/", "http://10.0.0.1/"] }], no: [{ a: "https://acme.com/" }, { a: "https://acme.com/", bs: [] }],
  }),
  cond("some-int-less-than", "a: Int, b?: Int", "some arg of Int < 5", { yes: [{ a: 4 }, { a: 9, b: 1 }], no: [{ a: 5 }, { a: 5, b: 6 }] }),
  cond("has-given", "a: Int, b?: Int", "has(b)", { yes: [{ a: 1, b: 0 }], no: [{ a: 1 }, { a: 1, b: null }] }),
  cond("has-of-an-optional-list", "a: Int, b?: [Int]", "has(b)", { yes: [{ a: 1, b: [0] }], no: [{ a: 1 }, { a: 1, b: [] }, { a: 1, b: null }] }),
  cond("has-of-a-field", "r: { a: Int, b?: Line }", "has(r.b)", { yes: [{ r: { a: 1, b: "" } }], no: [{ r: { a: 1 } }, { r: { a: 1, b: null } }] }),
  cond("has-of-a-field-of-an-optional-record", "a: Int, r?: { b?: Line }", "has(r.b)", { yes: [{ a: 1, r: { b: "x" } }], no: [{ a: 1 }, { a: 1, r: {} }] }),
  cond("has-guards-what-follows", "a: Int, b?: Int", "has(b) and b > a", { yes: [{ a: 1, b: 2 }], no: [{ a: 1 }, { a: 1, b: 1 }] }),
  cond("has-guards-what-stands-before-it", "a: Int, b?: Int", "b > a and has(b)", { yes: [{ a: 1, b: 2 }], no: [{ a: 1 }, { a: 1, b: 1 }] }),
  cond("not-has-or", "a: Int, b?: Int", "not has(b) or b > a", { yes: [{ a: 1 }, { a: 1, b: 2 }], no: [{ a: 1, b: 1 }] }),
  cond("has-with-args", "args_: Int, to?: Line", "has(args.to) and args.to == \"x\"", { yes: [{ args_: 1, to: "x" }], no: [{ args_: 1 }, { args_: 1, to: "y" }] }),
];
