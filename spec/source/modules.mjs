import { allow, call, cond, forbid, input, kase, none } from "./author.mjs";

const head = (name) => `policy spec.${name} @ 1\n`;
const LOW = "tier low { isolate inline }\n";
const people = { "people.policy": "policy spec.people @ 1\nidentity user { groups: [Text] }\nrole support { user.groups has \"support\" }\nrole boss { user.groups has \"boss\" }\nlet ours = [\"acme.com\"]\ntype Customer { id: Id }\n" };
const support = { user: { groups: ["support"] } };

export const cases = [
  // -- lets
  cond("let-list", "s: Line", "s in ours", { decls: "let ours = [\"a\", \"b\"]", yes: [{ s: "a" }], no: [{ s: "c" }] }),
  cond("let-of-lets", "n: Int", "n <= top", { decls: "let base = 2\nlet top = base * 5", yes: [{ n: 10 }], no: [{ n: 11 }] }),
  cond("let-condition", "n: Int", "early and n > 0", { decls: "let early = now < 2026-06-01T00:00:00Z", yes: [{ n: 1 }], no: [[{ n: 1 }, { now: Date.UTC(2026, 6, 1) }], { n: 0 }] }),
  cond("let-host-patterns", "h: Host", "h in ours", { decls: "let ours = [\"acme.com\", \"*.acme.com\"]", effect: "egress", sink: "h", yes: [{ h: "x.ACME.com" }], no: [{ h: "evil.test" }] }),
  cond("let-text-is-read-as-what-stands-beside-it", "p: Path", "p under root", { decls: "let root = \"/repo/./x/..\"", yes: [{ p: "/repo/a" }], no: [{ p: "/x" }] }),
  cond("let-pattern-and-glob", "s: Line", "s matches shape or s like name", { decls: "let shape = \"[0-9]+\"\nlet name = \"a*\"", yes: [{ s: "12" }, { s: "abc" }], no: [{ s: "x" }] }),
  cond("let-money", "m: Money", "m <= most", { decls: "let most = 50 USD", yes: [{ m: { amount: 50, currency: "USD" } }], no: [{ m: { amount: 51, currency: "USD" } }], unknown: [{ m: { amount: 1, currency: "EUR" } }] }),
  cond("let-duration-and-instant", "d: Duration", "d <= most and now > since", { decls: "let most = 10m\nlet since = 2026-01-01T00:00:00Z", yes: [{ d: "600s" }], no: [{ d: "11m" }] }),
  cond("let-range", "n: Int", "n in small", { decls: "let small = 1 .. 3", yes: [{ n: 3 }], no: [{ n: 4 }] }),

  // -- use
  kase("use-names", `${head("use_names")}use "./people.policy" { support }\n${LOW}tool t () { effect read  risk low }\nallow a on t { for support }`, [call("t", {}, allow("a"), support), call("t", {}, none(), { user: { groups: [] } })], people),
  kase("use-all", `${head("use_all")}use "./people.policy"\n${LOW}tool t (s: Line) { effect read  risk low }\nallow a on t { for support, boss  when s in ours }`, [call("t", { s: "acme.com" }, allow("a"), support), call("t", { s: "x" }, none(), support)], people),
  kase("use-under-a-prefix", `${head("use_prefix")}use "./people.policy" as hr\n${LOW}tool t (c: hr.Customer) { effect read  risk low }\nallow a on t { for hr.boss }`, [call("t", { c: { id: "c9" } }, allow("a"), { user: { groups: ["boss"] } }), call("t", { c: { id: "c9" } }, none(), support)], people),
  kase("use-brings-declarations-never-rules", `${head("use_no_rules")}use "./more.policy"\n${LOW}tool t () { effect read  risk low }\nallow a on t { }`, [call("t", {}, allow("a")), call("u", {}, none()), call("v", {}, input("tool", "unknown_tool"))], { "more.policy": "policy spec.more @ 1\ntool u () { effect read  risk low }\nallow open on u { }\n" }),
  kase("what-is-reached-twice-is-one", `${head("use_twice")}use "./a.policy"\nuse "./b.policy"\nuse "./base.policy"\n${LOW}tool t (d: D, e: E, c: C) { effect read  risk low }\nallow a on t { when d.c.n == e.c.n and c.n == 1 }`, [call("t", { d: { c: { n: 2 } }, e: { c: { n: 2 } }, c: { n: 1 } }, allow("a")), call("t", { d: { c: { n: 2 } }, e: { c: { n: 3 } }, c: { n: 1 } }, none())], {
    "a.policy": "policy spec.a @ 1\nuse \"./base.policy\" { C }\ntype D { c: C }\n", "b.policy": "policy spec.b @ 1\nuse \"./base.policy\" { C }\ntype E { c: C }\n", "base.policy": "policy spec.base @ 1\ntype C { n: Int }\n",
  }),
  kase("std-identity", `${head("std_identity")}use std.identity\n${LOW}role support { user.groups has "support" }\ntool t (to: Email) { effect egress  risk low  sink to }\nallow a on t { for support  when to in session.participants }`, [
    call("t", { to: "ann@acme.com" }, allow("a"), { user: { groups: ["support"] }, session: { participants: ["ann@acme.com"] } }), call("t", { to: "x@evil.test" }, none(), { user: { groups: ["support"] }, session: { participants: ["ann@acme.com"] } }),
  ]),
  kase("a-second-identity-block-adds-claims", `${head("identity_twice")}use std.identity\n${LOW}identity user { desk: Int }\ntool t () { effect read  risk low }\nallow a on t { when user.desk == 7 and user.mfa }`, [call("t", {}, allow("a"), { user: { desk: 7, mfa: true } }), call("t", {}, none(), { user: { desk: 7, mfa: false } }), call("t", {}, none(), { user: { mfa: true } })]),

  // -- extends
  kase("extends-keeps-the-rules-of-its-parent", `policy spec.child @ 1 extends spec.parent\nuse "./parent.policy"\n${LOW}tool t (p: Path) { effect read  risk low }\nallow a on t { }`, [call("t", { p: "/repo" }, allow("a")), call("t", { p: "/etc/x" }, forbid("no_etc"))], {
    "parent.policy": "policy spec.parent @ 1\nforbid no_etc on * { when some arg of Path under \"/etc\" }\n",
  }),
  kase("extends-a-parent-with-tools", `policy spec.child @ 1 extends spec.parent\nuse "./parent.policy"\n${LOW}tool u () { effect read  risk low }\nallow b on t, u { }`, [call("t", {}, allow("a b")), call("u", {}, allow("b"))], {
    "parent.policy": "policy spec.parent @ 1\ntool t () { effect read  risk low }\nallow a on t { }\n",
  }),
  kase("extends-a-final-parent", `policy spec.child @ 1 extends spec.parent final\nuse "./parent.policy"\n${LOW}tool t (n: Int) { effect read  risk low }\nallow a on t { }`, [call("t", { n: 1 }, allow("a")), call("t", { n: 6 }, forbid("not_large"))], {
    "parent.policy": "policy spec.parent @ 2 final\nforbid not_large on * { when some arg of Int > 5 }\n",
  }),
  kase("extends-twice", `policy spec.child @ 1 extends spec.parent\nuse "./parent.policy"\n${LOW}tool t (n: Int) { effect read  risk low }\nallow a on t { }`, [call("t", { n: 1 }, allow("a")), call("t", { n: 6 }, forbid("not_large")), call("t", { n: -1 }, forbid("not_negative"))], {
    "parent.policy": "policy spec.parent @ 1 extends spec.elder\nuse \"./elder.policy\"\nforbid not_large on * { when some arg of Int > 5 }\n",
    "elder.policy": "policy spec.elder @ 1\nforbid not_negative on * { when some arg of Int < 0 }\n",
  }),
];
