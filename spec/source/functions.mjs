import { cond } from "./author.mjs";

const usd = (amount, currency = "USD") => ({ amount, currency });

export const cases = [
  cond("size-of-text-is-its-bytes", "s: Text", "size(s) <= 4", { yes: [{ s: "1234" }, { s: "" }, { s: "\u00e9\u00e9" }], no: [{ s: "12345" }, { s: "\u00e9\u00e9\u00e9" }, { s: "\u{1f600}a" }] }),
  cond("size-of-a-list-is-its-elements", "ns: [Int]", "size(ns) <= 2", { yes: [{ ns: [] }, { ns: [1, 2] }], no: [{ ns: [1, 2, 3] }] }),
  cond("size-of-bytes-is-what-they-stand-for", "b: Bytes", "size(b) <= 4", { yes: [{ b: "aGk=" }, { b: "aGVsbA==" }, { b: "" }], no: [{ b: "aGVsbG8=" }] }),
  cond("size-of-bytes-in-a-record", "rows: [{ b: Bytes }]", "every r in rows: (size(r.b) <= 2)", { yes: [{ rows: [{ b: "aGk=" }] }], no: [{ rows: [{ b: "aGk=" }, { b: "aGkh" }] }] }),
  cond("host-of-url", "x: Url", "host(x) == \"acme.com\"", { effect: "egress", sink: "x", yes: [{ x: "https://ACME.com/a" }], no: [{ x: "https://evil.test/" }], unknown: [{ x: "data:text/plain,hi" }] }),
  cond("domain-of-url", "x: Url", "domain(x) == \"acme.com\"", { effect: "egress", sink: "x", yes: [{ x: "https://www.acme.com/a" }], no: [{ x: "https://evil.test/" }], unknown: [{ x: "http://10.0.0.1/" }] }),
  cond("domain-of-email-is-registrable", "e: Email", "domain(e) == \"acme.com\"", { effect: "egress", sink: "e", yes: [{ e: "a@eu.acme.com" }], no: [{ e: "a@evil.test" }], unknown: [{ e: "a@co.uk" }] }),
  cond("lower", "s: Text", "lower(s) == \"abc\"", { yes: [{ s: "aBC" }, { s: "abc" }], no: [{ s: "ab" }] }),
  cond("upper", "s: Line", "upper(s) == \"ABC\"", { yes: [{ s: "aBc" }], no: [{ s: "abd" }] }),
  cond("trim", "s: Text", "trim(s) == \"a b\"", { yes: [{ s: "  a b\n" }, { s: "a b" }], no: [{ s: "a  b" }] }),
  cond("functions-nest", "s: Text", "lower(trim(s)) == \"yes\"", { yes: [{ s: " YES " }], no: [{ s: "y e s" }] }),
  cond("path-of-text", "s: Text", "path(s) under \"/repo\"", { yes: [{ s: "/repo/x" }], no: [{ s: "/repo/../etc" }], unknown: [{ s: "repo/x" }, { s: "" }, { s: "/repo/%2e%2e/x" }] }),
  cond("host-of-text", "s: Text", "host(s) == \"acme.com\"", { yes: [{ s: "ACME.com." }], no: [{ s: "evil.test" }], unknown: [{ s: "https://acme.com/" }, { s: "a b" }] }),
  cond("domain-of-text", "s: Text", "domain(s) == \"acme.com\"", { yes: [{ s: "www.acme.com" }], no: [{ s: "acme.com.evil.test" }], unknown: [{ s: "com" }, { s: "not a host" }, { s: "127.1" }] }),
  cond("domain-of-host", "h: Host", "domain(h) == \"acme.com\"", { effect: "egress", sink: "h", yes: [{ h: "a.acme.com" }], no: [{ h: "acme.org" }], unknown: [{ h: "localhost" }] }),
  cond("min-of-values", "a: Int, b: Int", "min(a, b) == 1", { yes: [{ a: 1, b: 2 }, { a: 5, b: 1 }], no: [{ a: 2, b: 3 }, { a: 0, b: 1 }] }),
  cond("max-of-values", "a: Int, b: Int", "max(a, b, 3) <= 5", { yes: [{ a: 1, b: 5 }], no: [{ a: 6, b: 1 }] }),
  cond("min-of-a-list", "ns: [Int]", "min(ns) > 0", { yes: [{ ns: [3, 1] }], no: [{ ns: [3, 0] }], unknown: [{ ns: [] }] }),
  cond("max-of-a-list", "ns: [Decimal]", "max(ns) <= 1.5", { yes: [{ ns: [1.5, 0] }], no: [{ ns: ["1.51"] }], unknown: [{ ns: [] }] }),
  cond("max-of-money", "ms: [Money]", "max(ms) <= 10 USD", { yes: [{ ms: [usd(1), usd(10)] }], no: [{ ms: [usd(11)] }], unknown: [{ ms: [usd(1), usd(1, "EUR")] }, { ms: [] }] }),
  cond("count", "ns?: [Int]", "has(ns) and count(ns) == 2", { yes: [{ ns: [1, 1] }], no: [{}, { ns: [1] }, { ns: [] }] }),
  cond("sum-of-ints", "ns: [Int]", "sum(ns) == 6", { yes: [{ ns: [1, 2, 3] }], no: [{ ns: [1] }], unknown: [{ ns: [9007199254740991, 1] }] }),
  cond("sum-of-decimals", "ds: [Decimal]", "sum(ds) == 0.3", { yes: [{ ds: [0.1, 0.2] }], no: [{ ds: [0.1] }] }),
  cond("sum-of-money", "ms: [Money]", "sum(ms) <= 10 USD", { yes: [{ ms: [usd(4), usd(6)] }], no: [{ ms: [usd(4), usd(6.01)] }], unknown: [{ ms: [usd(1), usd(1, "EUR")] }, { ms: [] }] }),
  cond("sum-of-durations", "ds: [Duration]", "sum(ds) <= 1h", { yes: [{ ds: ["30m", "1800s"] }], no: [{ ds: ["1h", "1ms"] }] }),
  cond("sum-of-a-field", "rows: [{ amount: Money<USD> }]", "sum(rows.amount) <= 10 USD", { yes: [{ rows: [{ amount: 4 }, { amount: 6 }] }], no: [{ rows: [{ amount: 11 }] }] }),
  cond("hash", "s: Text", "hash(s) == \"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"", { yes: [{ s: "abc" }], no: [{ s: "abd" }, { s: "ABC" }] }),
];
