import { allow, ask, call, cond, forbid, input, none, rules } from "./author.mjs";

const MAIL = "tool m (to: Email, body: Text, note?: Line, n?: Int) { effect write  risk low }\n";
const m = (body, more = {}) => ({ to: "ann@acme.com", body, ...more });
const cards = (...found) => ({ detectors: { cards: found } });
const N = "tool t (n: Int, max?: Int) { effect read  risk low }\n";
const becomes = (by, args) => allow(by, { args });
const usd = (amount) => ({ amount, currency: "USD" });

export const cases = [
  // -- detectors in conditions
  cond("contains-a-detector", "s: Text", "s contains cards", { yes: [[{ s: "card 4111" }, cards("4111")]], no: [[{ s: "no card" }, cards("4111")], [{ s: "4111" }, cards()]], unknown: [{ s: "4111" }, [{ s: "4111" }, { detectors: { secrets: [] } }]] }),
  cond("contains-any-of-several-detectors", "s: Text", "s contains [cards, secrets]", {
    yes: [[{ s: "4111" }, { detectors: { cards: ["4111"], secrets: [] } }], [{ s: "k-1" }, { detectors: { secrets: ["k-1"] } }]], no: [[{ s: "x" }, { detectors: { cards: ["4111"], secrets: ["k-1"] } }]], unknown: [[{ s: "x" }, { detectors: { cards: ["4111"] } }]],
  }),
  cond("every-detector-has-a-name", "s: Text", "s contains [secrets, cards, iban, email, phone, canary, injection, national_id]", {
    yes: [[{ s: "zzz" }, { detectors: { secrets: [], cards: [], iban: [], email: [], phone: [], canary: [], injection: [], national_id: ["zzz"] } }]], no: [[{ s: "abc" }, { detectors: { secrets: [], cards: [], iban: [], email: [], phone: [], canary: [], injection: [], national_id: ["zzz"] } }]], unknown: [{ s: "zzz" }],
  }),
  cond("a-detector-looks-into-every-text-of-a-record", "r: { a: Line, b: [Text] }", "r.a contains cards or some r.b contains cards", { yes: [[{ r: { a: "x", b: ["y", "4111"] } }, cards("4111")], [{ r: { a: "4111", b: [] } }, cards("4111")]], no: [[{ r: { a: "x", b: [] } }, cards("4111")]] }),

  // -- redact
  rules("redact", `${MAIL}allow a on m { redact body with cards }`, [
    call("m", m("my card 4111, twice 4111"), becomes("a", m("my card [redacted cards], twice [redacted cards]")), cards("4111")), call("m", m("no card"), becomes("a", m("no card")), cards("4111")), call("m", m("4111"), forbid("a?")),
  ]),
  rules("redact-with-several-detectors", `${MAIL}allow a on m { redact body with cards, secrets }`, [
    call("m", m("4111 and k-1"), becomes("a", m("[redacted cards] and [redacted secrets]")), { detectors: { cards: ["4111"], secrets: ["k-1"] } }), call("m", m("x"), forbid("a?"), cards("4111")),
  ]),
  rules("redact-what-was-not-given", `${MAIL}allow a on m { redact note with cards }`, [call("m", m("4111"), becomes("a", m("4111")), cards("4111")), call("m", m("x", { note: "4111!" }), becomes("a", m("x", { note: "[redacted cards]!" })), cards("4111"))]),
  rules("redact-every-text-below", "tool t (r: { a: Line, b: [Line], n: Int }) { effect write  risk low }\nallow a on t { redact r with cards }", [call("t", { r: { a: "4111", b: ["x", "4111 4111"], n: 4111 } }, becomes("a", { r: { a: "[redacted cards]", b: ["x", "[redacted cards] [redacted cards]"], n: 4111 } }), cards("4111"))]),
  rules("redact-a-field", "tool t (r: { a: Line, b: Line }) { effect write  risk low }\nallow a on t { redact r.a with cards }", [call("t", { r: { a: "4111", b: "4111" } }, becomes("a", { r: { a: "[redacted cards]", b: "4111" } }), cards("4111"))]),

  // -- clamp
  rules("clamp", `${N}allow a on t { clamp n to 1 .. 100 }`, [call("t", { n: 500 }, becomes("a", { n: 100 })), call("t", { n: 0 }, becomes("a", { n: 1 })), call("t", { n: 100 }, becomes("a", { n: 100 })), call("t", { n: "5" }, input("n", "int"))]),
  rules("clamp-what-was-not-given", `${N}allow a on t { clamp max to 1 .. 100 }`, [call("t", { n: 500 }, becomes("a", { n: 500 })), call("t", { n: 1, max: 500 }, becomes("a", { n: 1, max: 100 }))]),
  rules("clamp-money-durations-and-decimals", "tool t (m: Money<USD>, d: Duration, x: Decimal) { effect write  risk low }\nallow a on t { clamp m to 1 USD .. 50 USD  clamp d to 1s .. 1m  clamp x to 0.5 .. 1.5 }", [call("t", { m: 80, d: "2h", x: "0.25" }, allow("a")), call("t", { m: 1, d: "1s", x: 1 }, becomes("a", { m: 1, d: "1s", x: 1 }))]),
  rules("clamp-to-another-argument", `${N}allow a on t { when has(max)  clamp n to 0 .. max }`, [call("t", { n: 9, max: 5 }, becomes("a", { n: 5, max: 5 })), call("t", { n: 9 }, none()), call("t", { n: 9, max: -1 }, forbid("a?"))]),
  rules("clamp-money-of-another-currency-refuses", "tool t (m: Money) { effect write  risk low }\nallow a on t { clamp m to 1 USD .. 50 USD }", [call("t", { m: usd(80) }, becomes("a", { m: usd(50) })), call("t", { m: { amount: 80, currency: "EUR" } }, forbid("a?"))]),
  rules("clamp-the-limit-of-a-select", "tool t (q: Sql<\"postgresql\">) { effect read  risk low }\nallow a on t { clamp q.limit to 1 .. 100 }", [
    call("t", { q: "SELECT a FROM t LIMIT 900" }, becomes("a", { q: "SELECT a FROM t LIMIT 100" })), call("t", { q: "SELECT a FROM t LIMIT 7" }, becomes("a", { q: "SELECT a FROM t LIMIT 7" })), call("t", { q: "SELECT a FROM t" }, becomes("a", { q: "SELECT a FROM t\nLIMIT 100" })),
    call("t", { q: "SELECT 1; SELECT 2" }, forbid("a?")), call("t", { q: "DELETE FROM t" }, forbid("a?")),
  ]),

  // -- set and drop
  rules("set", `${MAIL}allow a on m { set note = "by the agent" }`, [call("m", m("x"), becomes("a", m("x", { note: "by the agent" }))), call("m", m("x", { note: "mine" }), becomes("a", m("x", { note: "by the agent" })))]),
  rules("set-from-a-claim", `identity user { mail: Email }\n${MAIL}allow a on m { set to = user.mail }`, [call("m", m("x"), becomes("a", { to: "ann@acme.com", body: "x" }), { user: { mail: "Ann <ann@ACME.com>" } }), call("m", { to: "spy@evil.test", body: "x" }, becomes("a", { to: "ann@acme.com", body: "x" }), { user: { mail: "ann@acme.com" } }), call("m", m("x"), forbid("a?"))]),
  rules("set-by-an-expression", `${N}allow a on t { set n = n * 2 }`, [call("t", { n: 3 }, becomes("a", { n: 6 })), call("t", { n: 9007199254740991 }, forbid("a?"))]),
  rules("drop", `${MAIL}allow a on m { drop note }`, [call("m", m("x", { note: "y" }), becomes("a", m("x"))), call("m", m("x"), becomes("a", m("x")))]),
  rules("drop-a-field", "tool t (r: { a: Int, b?: Int }) { effect write  risk low }\nallow a on t { drop r.b }", [call("t", { r: { a: 1, b: 2 } }, becomes("a", { r: { a: 1 } })), call("t", { r: { a: 1 } }, becomes("a", { r: { a: 1 } }))]),

  // -- decided again
  rules("transforms-of-all-grants-apply", `${MAIL}allow a on m { drop note }\nallow b on m { clamp n to 1 .. 5 }`, [call("m", m("x", { note: "y", n: 9 }), becomes("a b", m("x", { n: 5 })))]),
  rules("transforms-of-grants-that-do-not-match-do-not", `${MAIL}allow a on m { when body == "x"  drop note }\nallow b on m { }`, [call("m", m("x", { note: "y" }), becomes("a b", m("x"))), call("m", m("z", { note: "y" }), becomes("b", m("z", { note: "y" })))]),
  rules("an-unknown-rule-with-a-transform-refuses", `identity user { a: Bool }\n${MAIL}allow a on m { when user.a  drop note }\nallow b on m { }`, [call("m", m("x"), forbid("a?")), call("m", m("x"), allow("b"), { user: { a: false } }), call("m", m("x", { note: "y" }), becomes("a b", m("x")), { user: { a: true } })]),
  rules("rules-see-what-the-tool-will-get", `${N}allow a on t { clamp n to 1 .. 100 }\nforbid f on t { when n == 100 }`, [call("t", { n: 500 }, forbid("f")), call("t", { n: 99 }, allow("a"))]),
  rules("rules-see-what-was-asked-too", `${N}allow a on t { clamp n to 1 .. 100 }\nforbid f on t { when n > 1000 }`, [call("t", { n: 2000 }, forbid("f")), call("t", { n: 500 }, becomes("a", { n: 100 }))]),
  rules("a-grant-must-hold-again", `${N}allow a on t { when n > 200  clamp n to 1 .. 100 }`, [call("t", { n: 500 }, none()), call("t", { n: 50 }, none())]),
  rules("demands-of-both-decisions", `identity user { boss: Bool }\nrole manager { user.boss }\n${N}allow a on t { clamp n to 1 .. 100 }\nask q on t { when n > 200  from manager }\nask r on t { when n <= 100  from manager }`, [call("t", { n: 500 }, ask("q r", { args: { n: 100 }, demands: [{ by: "q" }, { by: "r" }] }))]),
  rules("limits-of-both-decisions", `${N}allow a on t { clamp n to 1 .. 100 }\nquota large on t { when n > 200  limit 5 calls per day }\nquota small on t { when n <= 100  limit 9 calls per day }`, [call("t", { n: 500 }, allow("a", { args: { n: 100 }, limits: [{ by: "large", index: 0 }, { by: "small", index: 0 }] })), call("t", { n: 50 }, allow("a", { limits: [{ by: "small", index: 0 }] }))]),
  rules("a-refused-call-is-not-changed", `${N}allow a on t { clamp n to 1 .. 100 }\nforbid f on t { when n == 500 }`, [call("t", { n: 500 }, forbid("f")), call("t", { n: 5 }, becomes("a", { n: 5 }))]),
  rules("an-ask-may-change-too", `identity user { boss: Bool }\nrole manager { user.boss }\n${N}ask q on t { from manager  clamp n to 1 .. 100 }`, [call("t", { n: 500 }, ask("q", { args: { n: 100 } }))]),
];
