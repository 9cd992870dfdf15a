import { allow, ask, call, cond, forbid, input, none, rules } from "./author.mjs";

const flags = "identity user { a: Bool, b: Bool }";
const T = "tool t () { effect read  risk low }";
const mgr = "identity user { id: Id, a: Bool, b: Bool }\nrole manager { user.a }\n";
/** Every assignment of two claims, with what is absent unknown. */
const given = { true: true, false: false };
const user = (a, b) => ({ user: { ...(a === undefined ? {} : { a: given[a] }), ...(b === undefined ? {} : { b: given[b] }) } });
const at = (list) => list.map(([a, b]) => [{}, user(a, b)]);

export const cases = [
  // -- Kleene's tables, whole
  cond("kleene-and", "", "user.a and user.b", { decls: flags, yes: at([["true", "true"]]), no: at([["true", "false"], ["false", "true"], ["false", "false"], ["false"], [undefined, "false"]]), unknown: at([["true"], [undefined, "true"], []]) }),
  cond("kleene-or", "", "user.a or user.b", { decls: flags, yes: at([["true", "true"], ["true", "false"], ["false", "true"], ["true"], [undefined, "true"]]), no: at([["false", "false"]]), unknown: at([["false"], [undefined, "false"], []]) }),
  cond("kleene-not", "", "not user.a", { decls: flags, yes: at([["false"]]), no: at([["true"]]), unknown: at([[]]) }),
  cond("kleene-equality-of-an-unknown-is-unknown", "", "user.a == user.a", { decls: flags, yes: at([["true"], ["false"]]), unknown: at([[]]) }),
  cond("kleene-a-condition-and-its-opposite-may-be-unknown", "", "user.a or not user.a", { decls: flags, yes: at([["true"], ["false"]]), unknown: at([[]]) }),
  cond("kleene-many", "", "user.a and user.b and true", { decls: flags, yes: at([["true", "true"]]), no: at([[undefined, "false"]]), unknown: at([["true"]]) }),
  cond("a-claim-of-the-wrong-type-is-absent", "", "user.a", { decls: flags, yes: [[{}, { user: { a: true } }]], no: [[{}, { user: { a: false } }]], unknown: [[{}, { user: { a: "true" } }], [{}, { user: { a: 1 } }], [{}, { user: { a: null } }]] }),
  cond("a-claim-that-is-not-declared-is-not-seen", "", "user.a", { decls: flags, unknown: [[{}, { user: { A: true, admin: true } }]], yes: [[{}, { user: { a: true, admin: false } }]] }),
  cond("claims-of-the-agent-and-the-session", "", "agent.id == \"bot\" and session.id == \"s1\"", {
    decls: "identity agent { id: Id }\nidentity session { id: Id }",
    yes: [[{}, { agent: { id: "bot" }, session: { id: "s1" } }]], no: [[{}, { agent: { id: "bot" }, session: { id: "s2" } }], [{}, { agent: { id: "x" } }]], unknown: [[{}, { agent: { id: "bot" } }], {}],
  }),
  cond("claims-are-canonical", "", "user.mail == \"ann@acme.com\"", { decls: "identity user { mail: Email }", yes: [[{}, { user: { mail: "Ann <ann@ACME.com>" } }]], no: [[{}, { user: { mail: "bo@acme.com" } }]], unknown: [[{}, { user: { mail: "ann" } }]] }),

  // -- combining
  rules("nothing-grants", `${T}\ntool other () { effect read  risk low }\nallow a on other { }`, [call("t", {}, none()), call("other", {}, allow("a"))]),
  rules("an-unknown-tool", `${T}\nallow a on t { }`, [
    call("nope", {}, input("tool", "unknown_tool")), call("T", {}, input("tool", "unknown_tool")), call("", {}, input("tool", "unknown_tool")),
    call("__proto__", {}, input("tool", "unknown_tool")), call("constructor", {}, input("tool", "unknown_tool")), call("t", {}, allow("a")),
  ]),
  rules("any-refusal-forbids", `${T}\nallow a on t { }\nforbid f on t { }\nallow b on t { }`, [call("t", {}, forbid("f"))]),
  rules("every-refusal-is-a-reason", `${flags}\n${T}\nallow a on t { }\nforbid f on t { when user.a }\nforbid g on t { when user.b }`, [
    call("t", {}, forbid("f g"), user("true", "true")), call("t", {}, forbid("f g?"), user("true")), call("t", {}, forbid("g"), user("false", "true")), call("t", {}, allow("a"), user("false", "false")), call("t", {}, forbid("f? g?")),
  ]),
  rules("the-order-of-rules-says-nothing", `${mgr}${T}\nforbid f on t { when user.b }\nask q on t { from manager }\nallow a on t { }`, [call("t", {}, ask("q"), user("true", "false")), call("t", {}, forbid("f"), user("true", "true")), call("t", {}, forbid("f?"), user("true"))]),
  rules("every-grant-is-a-reason", `${flags}\n${T}\nallow a on t { when user.a }\nallow b on t { when user.b }\nallow c on t { }`, [call("t", {}, allow("a b c"), user("true", "true")), call("t", {}, allow("b c"), user("false", "true")), call("t", {}, allow("c"))]),
  rules("allow-grants-only-on-true", `${flags}\n${T}\nallow a on t { when user.a }`, [call("t", {}, allow("a"), user("true")), call("t", {}, none(), user("false")), call("t", {}, none())]),
  rules("forbid-acts-unless-false", `${flags}\n${T}\nallow a on t { }\nforbid f on t { when user.a }`, [call("t", {}, forbid("f"), user("true")), call("t", {}, allow("a"), user("false")), call("t", {}, forbid("f?"))]),
  rules("forbid-unless-acts-unless-true", `${flags}\n${T}\nallow a on t { }\nforbid f on t { unless user.a }`, [call("t", {}, allow("a"), user("true")), call("t", {}, forbid("f"), user("false")), call("t", {}, forbid("f?"))]),
  rules("ask-grants-on-true-and-demands-unless-false", `${mgr}${T}\nask q on t { when user.b  from manager }`, [call("t", {}, ask("q"), user(undefined, "true")), call("t", {}, none(), user(undefined, "false")), call("t", {}, none())]),
  rules("an-unknown-ask-demands-of-another-grant", `${mgr}${T}\nask q on t { when user.b  from manager }\nallow a on t { }`, [call("t", {}, ask("q"), user(undefined, "true")), call("t", {}, allow("a"), user(undefined, "false")), call("t", {}, ask("q?"))]),
  rules("where-both-match-it-asks", `${mgr}${T}\nask q on t { from manager }\nallow a on t { }`, [call("t", {}, ask("q", { demands: [{ by: "q", from: ["manager"] }] }))]),
  rules("every-demand-asks", `${mgr}role owner { user.b }\n${T}\nask q on t { from manager }\nask r on t { from owner  quorum 2 }`, [
    call("t", {}, ask("q r", { demands: [{ by: "q", from: ["manager"], quorum: 1 }, { by: "r", from: ["owner"], quorum: 2 }] })),
  ]),
  rules("a-forbid-of-another-tool-says-nothing", `${T}\ntool u () { effect read  risk low }\nallow a on t, u { }\nforbid f on u { }`, [call("t", {}, allow("a")), call("u", {}, forbid("f"))]),
  rules("a-fault-in-a-condition-is-unknown", "tool t (n: Int) { effect read  risk low }\nallow a on t { }\nforbid f on t { when 1 / n > 1 }", [call("t", { n: 0 }, forbid("f?")), call("t", { n: 1 }, allow("a")), call("t", { n: 2 }, allow("a")), call("t", { n: -1 }, allow("a"))]),
  rules("what-does-not-normalise-meets-no-rule", "tool t (n: Int) { effect read  risk low }\nallow a on t { }\nforbid f on t { when n > 5 }", [call("t", { n: "9" }, input("n", "int")), call("t", { n: 9 }, forbid("f")), call("t", { n: 1 }, allow("a"))]),

  // -- clauses
  rules("for-any-of-these-roles", `${flags}\nrole x { user.a }\nrole y { user.b }\n${T}\nallow a on t { for x, y }`, [call("t", {}, allow("a"), user("true", "false")), call("t", {}, allow("a"), user("false", "true")), call("t", {}, none(), user("false", "false")), call("t", {}, allow("a"), user("true")), call("t", {}, none(), user("false"))]),
  rules("for-in-a-forbid", `${flags}\nrole x { user.a }\n${T}\nallow a on t { }\nforbid f on t { for x }`, [call("t", {}, forbid("f"), user("true")), call("t", {}, allow("a"), user("false")), call("t", {}, forbid("f?"))]),
  rules("every-when-and-not-unless", `${flags}\ntool t (n: Int) { effect read  risk low }\nallow a on t { when n > 0  when n < 10  unless n == 5 }`, [call("t", { n: 1 }, allow("a")), call("t", { n: 0 }, none()), call("t", { n: 10 }, none()), call("t", { n: 5 }, none())]),
  rules("all-of-for-when-and-unless", `${flags}\nrole x { user.a }\ntool t (n: Int) { effect read  risk low }\nallow a on t { for x  when n > 0  unless user.b }`, [
    call("t", { n: 1 }, allow("a"), user("true", "false")), call("t", { n: 1 }, none(), user("true")), call("t", { n: 0 }, none(), user("true", "false")), call("t", { n: 1 }, none(), user("true", "true")), call("t", { n: 1 }, none(), user("false", "false")),
  ]),
  rules("several-unless", "tool t (n: Int) { effect read  risk low }\nallow a on t { unless n == 1  unless n == 2 }", [call("t", { n: 3 }, allow("a")), call("t", { n: 1 }, none()), call("t", { n: 2 }, none())]),
  rules("because-and-tell-decide-nothing", `${T}\nallow a on t { because "for people"  tell "for the model" }`, [call("t", {}, allow("a"))]),
  rules("comments-and-documentation-decide-nothing", `# a comment\n## What t does.\ntool t (n: Int) { effect read  risk low }\n## Why it may.\nallow a on t { # here too\n  when n > 0 # and here: forbid\n}`, [call("t", { n: 1 }, allow("a")), call("t", { n: 0 }, none())]),

  // -- roles
  rules("roles-are-tested-on-claims", `identity user { groups: [Text] }\nrole support { user.groups has "support" }\n${T}\nallow a on t { for support }`, [call("t", {}, allow("a"), { user: { groups: ["support"] } }), call("t", {}, none(), { user: { groups: ["Support"] } }), call("t", {}, none())]),
  rules("roles-may-be-supposed", `identity user { groups: [Text] }\nrole support { user.groups has "support" }\nrole boss { user.groups has "boss" }\n${T}\nallow a on t { for support }\nforbid f on t { for boss }`, [
    call("t", {}, allow("a"), { roles: ["support"] }), call("t", {}, none(), { roles: [], user: { groups: ["support"] } }), call("t", {}, forbid("f"), { roles: ["support", "boss"] }),
  ]),
  rules("supposed-roles-are-not-what-conditions-read", `identity user { groups: [Text] }\nrole support { user.groups has "support" }\n${T}\nallow a on t { for support  when user.groups has "support" }`, [call("t", {}, none(), { roles: ["support"] }), call("t", {}, allow("a"), { roles: ["support"], user: { groups: ["support"] } })]),
  rules("a-role-of-several-claims", `identity user { id: Id, mfa: Bool }\nidentity agent { id: Id }\nrole coder { agent.id == "coder" and user.mfa }\n${T}\nallow a on t { for coder }`, [
    call("t", {}, allow("a"), { agent: { id: "coder" }, user: { mfa: true } }), call("t", {}, none(), { agent: { id: "coder" }, user: { mfa: false } }), call("t", {}, none(), { agent: { id: "coder" } }), call("t", {}, none(), { agent: { id: "other" } }),
  ]),
];
