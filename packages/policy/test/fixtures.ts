import { after, bare, when, type Fixture } from "./fixture.js";
import { MEANING } from "./fixtures-meaning.js";
import { PRELUDE } from "./harness.js";

const USE = 'policy t @ 1\nuse std.tiers\nuse std.identity\nuse "./lib.policy"\n';
const LIB = { "lib.policy": "policy lib\ntool lib.a () { risk low }\nlet shared = [1]\nrole r { 1 < 2 }\n" };

export const FIXTURES: Readonly<Record<string, readonly Fixture[]>> = {
  ...MEANING,
  E004: [bare("⟦⟧# nothing\n", PRELUDE)],
  E005: [
    after("allow a on fs.read { ⟦whn⟧ user.mfa }", "allow a on fs.read { when user.mfa }"),
    after(
      "allow a on fs.read {\n when user.mfa\n⟦allow⟧ b on fs.list { }",
      "allow a on fs.read {\n when user.mfa }\nallow b on fs.list { }",
    ),
    after("tool a.b (to ⟦Text⟧) { risk low }", "tool a.b (to: Text) { risk low }"),
  ],
  E006: [after("let a = 1⟦;⟧", "forbid a on * { when user.mfa }")],
  E007: [
    after('let a = ⟦"abc⟧\n', "forbid a on * { when user.mfa }"),
    after('forbid x on fs.read { when note == "a⟦\\d⟧" }', "forbid a on * { when user.mfa }"),
  ],
  E008: [when("now < now + ⟦10min⟧", "now < now + 10m"), when("1 < ⟦5XB⟧", "1 < 5KB")],
  E009: [
    bare(`policy t @ 1\nlet a = ${"(".repeat(64)}⟦(⟧1${")".repeat(65)}`, PRELUDE),
    when(`1 < ⟦1${" + 1".repeat(65)}⟧`, `1 < 1${" + 1".repeat(20)}`),
  ],
  E010: [bare("⟦let⟧ a = 1", PRELUDE)],
  E011: [
    after("param ⟦result⟧: Path", "param results: Path"),
    after("fact ⟦size⟧(a: Id) -> Int { timeout 50ms }", "fact sized(a: Id) -> Int { timeout 50ms }"),
    after("let ⟦user⟧ = 1", "forbid x on * { when user.mfa }"),
    after("tool ⟦read⟧ () { risk low }", "tool reader () { risk low }"),
    after("label l { a, ⟦by⟧ }", "label l { a, b }"),
    after("forbid ⟦default⟧ on * { when user.mfa }", "forbid fallback on * { when user.mfa }"),
    after("role ⟦requester⟧ { user.mfa }\nforbid z on * { for requester }", "# r"),
    after("role ⟦trusted⟧ { user.mfa }\nforbid z on * { for trusted }", "# r"),
  ],
  E012: [when("1 < 2 ⟦<⟧ 3", "1 < 2 and 2 < 3")],
  E013: [after(`let ⟦${"a".repeat(129)}⟧ = 1`, `type ${"a".repeat(128)} { a: Int }`)],
  E014: [after("let z = [1]\n⟦use⟧ std.tiers", "# u")],
  E015: [after("let ⟦\u0430dmin⟧ = 1", "# \u0430dmin")],
  E016: [after("# ⟦\u202e⟧ hidden", "# plain")],
  E101: [
    after("forbid z on * { when did ⟦fs.raed⟧ }", "forbid z on * { when did fs.read }", { suggestion: "fs.read" }),
    after(
      "tool q () { risk low undo ⟦fs.lst⟧(dir: result) }\nallow qq on q { }",
      "tool q () -> Path { risk low undo fs.list(dir: result) }",
      { suggestion: "fs.list" },
    ),
    after("allow a on ⟦fs.raed⟧ { }", "allow a on fs.read { }", { suggestion: "fs.read" }),
    after('test "t" { call ⟦fs.lst⟧(dir: "/a") => allow }', 'test "t" { call fs.list(dir: "/a") => allow }', {
      suggestion: "fs.list",
    }),
  ],
  E102: [
    when("asked ⟦pya⟧", "user.mfa"),
    after(
      'intent pay { "pay" }\nforbid z on * { when asked ⟦pya⟧ }',
      'intent pay { "pay" }\nforbid z on * { when asked pay }',
      { suggestion: "pay" },
    ),
    after(
      'tool q (p: Path) { risk low labels by ⟦q⟧ { "a": pii } }',
      'tool q (p: Path) { risk low labels by p { "a": pii } }',
    ),
    after(
      "ask z on pay.send { from manager remember 1h on any, amount, ⟦too⟧ }",
      "ask z on pay.send { from manager remember 1h on any, amount, to }",
      { suggestion: "to" },
    ),
    after(
      'allow z on mail.send { when every to.domain in ["a.com"] and not has(bcc) redact ⟦body⟧ with secrets }',
      'allow z on mail.send { when every to.domain in ["a.com"] and not has(bcc) redact subject with secrets }',
    ),
    after("output z on fs.read { redact ⟦path⟧ with secrets }", "output z on fs.read { redact result with secrets }"),
    after("prove p { a.b refines ⟦c⟧ }".replace("a.b", "t"), "prove p { t refines t }"),
    after(
      'test "t" { given fact ⟦f⟧ = 1 call fs.list(dir: "/a") => allow }',
      'fact f() -> Int { timeout 1s }\ntest "t" { given fact f = 1 call fs.list(dir: "/a") => allow }',
    ),
    when('⟦paht⟧ under "/work"', 'path under "/work"', "fs.read", { suggestion: "path" }),
    after("tool q (to: Text) { risk low sink ⟦ot⟧ }", "tool q (to: Text) { risk low sink to }", { suggestion: "to" }),
    after("ask z on pay.send { from manager show ⟦amuont⟧ }", "ask z on pay.send { from manager show amount, args }", {
      suggestion: "amount",
    }),
    after(
      'test "t" { as support with ⟦x⟧ = 1 call fs.list(dir: "/a") => allow }',
      'test "t" { as support with user.id = "x" call fs.list(dir: "/a") => allow }',
    ),
  ],
  E103: [
    after("type T { a: Text by ⟦b⟧, c: Text }", "type T { a: Text by b, b: Text }"),
    after(
      "ask z on crm.put { from manager show ⟦customer.emial⟧ }",
      "ask z on crm.put { from manager show customer.email }",
      { suggestion: "email" },
    ),
    when("user.⟦mfaa⟧", "user.mfa", "fs.read", { suggestion: "mfa" }),
    when('customer.⟦emial⟧ == "a@b.com"', 'customer.email == "a@b.com"', "crm.put", { suggestion: "email" }),
    when("url.⟦private⟧", "url.private_host", "web.get"),
    when("some arg of Url has ⟦privat_host⟧", "some arg of Url has private_host", "web.get", {
      suggestion: "private_host",
    }),
    when("raw.⟦x⟧ == 1", "flag", "crm.put"),
    when('tool.⟦nme⟧ == "a"', 'tool.name == "a"'),
  ],
  E104: [
    after("allow a on fs.read { for ⟦suport⟧ }", "allow a on fs.read { for support }", { suggestion: "support" }),
    after("ask a on fs.read { from ⟦menager⟧ }", "ask a on fs.read { from manager }", { suggestion: "manager" }),
    after('test "t" { as ⟦supprt⟧ call fs.list(dir: "/a") => allow }', "# t"),
  ],
  E105: [
    after("flow ⟦pi⟧ -> egress forbid", "flow pii -> egress forbid", { suggestion: "pii" }),
    after("type T { a: Text ⟦trustd⟧ }", "type T { a: Text untrusted }", { suggestion: "trusted" }),
    after("tool q () { risk low lowers ⟦pi⟧ }", "tool q () { risk low lowers pii }", { suggestion: "pii" }),
    after(
      "flow pii -> egress forbid { when labels has ⟦secrt⟧ }",
      "flow pii -> egress forbid { when labels has secret }",
      { suggestion: "secret" },
    ),
    bare(
      "policy t\nuse std.tiers\ntool a (b: Id) { risk low }\nforbid z on a { when b from ⟦untrusted⟧ }",
      "policy t\nuse std.tiers\nuse std.labels\ntool a (b: Id) { risk low }\nforbid z on a { when b from untrusted }",
    ),
    after("tool q () { risk low labels ⟦pi⟧ }", "tool q () { risk low labels pii }", { suggestion: "pii" }),
  ],
  E106: [
    after("tool q (a: ⟦Txt⟧) { risk low }", "tool q (a: Text) { risk low }", { suggestion: "Text" }),
    after("tool q (a: [⟦Custmer⟧]) { risk low }", "tool q (a: [Customer]) { risk low }", { suggestion: "Customer" }),
  ],
  E107: [when('⟦sizee⟧("a") == 1', 'size("a") == 1', "fs.read", { suggestion: "size" })],
  E108: [
    after('tool q (a: Sql<⟦"mysql"⟧>) { risk low }', 'tool q (a: Sql<"postgresql">) { risk low }'),
    after("tool q () { effect ⟦raed⟧ risk low }", "tool q () { effect read risk low }", { suggestion: "read" }),
    after("tool q () { risk ⟦hihg⟧ }", "tool q () { risk high }", { suggestion: "high" }),
    after("allow a on fs.read { isolate ⟦hgh⟧ }", "allow a on fs.read { isolate high }"),
    after("tier ⟦hugh⟧ { isolate inline }", "# t"),
    after("identity ⟦usr⟧ { a: Int }", "identity user { a: Int }"),
    after("tool q (a: Money<⟦UDS⟧>) { risk low }", "tool q (a: Money<USD>) { risk low }"),
    after("forbid a on fs.read | ⟦write⟧ { when user.mfa }", "forbid a on read | write { when user.mfa }"),
  ],
  E120: [
    after("param work: Path\nlet ⟦work⟧ = 1", "param work: Path\nlet works = 1"),
    after(
      "allow a on fs.read { }\nforbid ⟦a⟧ on fs.read { when user.mfa }",
      "allow a on fs.read { }\nforbid b on fs.read { when user.mfa }",
    ),
    after("tool ⟦fs.read⟧ () { risk low }", "tool fs.reader () { risk low }"),
    after("role ⟦support⟧ { user.mfa }", "# r"),
    after("tool q (a: Int, ⟦a⟧: Int) { risk low }", "tool q (a: Int, b: Int) { risk low }"),
    after(
      'test "t" { call fs.list(dir: "/a") => forbid }\ntest ⟦"t"⟧ { call fs.list(dir: "/a") => forbid }',
      'test "t" { call fs.list(dir: "/a") => forbid }',
    ),
    after("identity user { ⟦id⟧: Int }", "identity user { level: Int }"),
    after('test "t" { call fs.list(dir: "/a", ⟦dir⟧: "/b") => forbid by input }', "# t"),
    after("label l { ⟦pii⟧ }", "label l { lll }"),
  ],
  E121: [
    after(
      "let ⟦a⟧ = b\nlet b = a\nforbid z on * { when a == 1 }",
      "let a = b\nlet b = 1\nforbid z on * { when a == 1 }",
    ),
  ],
  E122: [after("type ⟦A⟧ { b: [B] }\ntype B { a?: A }", "type A { b: [B] }\ntype B { a: Int }")],
  E512: [
    after("⟦@shadow⟧\nlet x = 1", "@shadow\nforbid z on * { when user.mfa }"),
    after('⟦@owasp("ASI02")⟧\ntool q () { risk low }', "# q"),
  ],
  W501: [
    after('@⟦owsap⟧("ASI02")\nforbid z on * { when user.mfa }', '@owasp("ASI02")\nforbid z on * { when user.mfa }', {
      suggestion: "owasp",
    }),
  ],
  E510: [
    bare("policy a extends ⟦b⟧", "policy a"),
    bare('policy a extends ⟦bas⟧\nuse "./lib.policy"', 'policy a extends base\nuse "./lib.policy"', {
      files: { "lib.policy": "policy base" },
      suggestion: "base",
    }),
  ],
  E511: [
    bare(
      'policy a extends base\nuse "./lib.policy"\nlet ⟦x⟧ = 1',
      'policy a extends base\nuse "./lib.policy"\nlet y = 1',
      { files: { "lib.policy": "policy base final\nlet x = 1" } },
    ),
  ],
  E401: [
    bare("policy t\ntool ⟦q⟧ () { risk low }", "policy t\nuse std.tiers\ntool q () { risk low }"),
    bare(
      "policy t\ntier low { isolate inline }\ntool q () { risk low }\nallow a on q { isolate ⟦high⟧ }",
      "policy t\nuse std.tiers\ntool q () { risk low }\nallow a on q { isolate high }",
    ),
  ],
  E402: [
    bare(
      "policy t\ntier low { isolate process }\ntier ⟦high⟧ { isolate inline }",
      "policy t\ntier low { isolate inline }\ntier high { isolate process }",
    ),
    bare(
      'policy t\ntier low { isolate process }\ntier ⟦high⟧ { isolate process network ["a.com"] }',
      'policy t\ntier low { isolate process network ["a.com"] }\ntier high { isolate wasm }',
    ),
    bare(
      "policy t\nrole r { 1 < 2 }\ntier low { isolate process approve r }\ntier ⟦high⟧ { isolate process }",
      "policy t",
    ),
  ],
  E403: [after("tool ⟦sh⟧ () { effect exec risk low }", "tool sh () { effect exec risk medium }")],
  E404: [bare("policy t\ntier ⟦low⟧ { time 5s }", "policy t\ntier low { isolate inline }")],
  E501: [
    bare('policy t\nuse ⟦"./missing.policy"⟧', "policy t"),
    bare('policy t\nuse ⟦"/etc/passwd"⟧', "policy t"),
    bare('policy t\nuse ⟦"../../x.policy"⟧', "policy t"),
  ],
  E502: [bare('policy t\nuse ⟦"./main.policy"⟧', "policy t")],
  E503: [
    bare("policy t\nuse std.tiers { ⟦lwo⟧ }", "policy t\nuse std.tiers { low }", { suggestion: "low" }),
    bare(USE.replace('"./lib.policy"', '"./lib.policy" { ⟦lib.b⟧ }'), USE, { files: LIB, suggestion: "lib.a" }),
  ],
  E504: [
    bare("policy t\nuse std.tiers\ntier ⟦low⟧ { isolate process }", "policy t\nuse std.tiers"),
    bare(`${USE}role ⟦r⟧ { 1 < 2 }`, `${USE}role q { 1 < 2 }`, { files: LIB }),
  ],
  E506: [bare("policy t\nuse ⟦std.lables⟧", "policy t\nuse std.labels", { suggestion: "std.labels" })],
  W201: [
    bare(
      "policy t\nuse std.tiers\ntool a () { risk low }\ntool ⟦b⟧ () { risk low }\nallow x on a { }",
      "policy t\nuse std.tiers\ntool a () { risk low }\nallow x on a { }",
    ),
  ],
  W202: [after("role ⟦r⟧ { user.mfa }", "role r { user.mfa }\nforbid z on * { for r }")],
  W203: [after("let ⟦x⟧ = 1", 'let x = "a"\nforbid z on * { when user.id == x }')],
  W204: [
    after('forbid z on fs.* { when ⟦path⟧ under "/etc" }', 'forbid z on fs.* { when has(path) and path under "/etc" }'),
  ],
};

/** Shown by tests of their own: a file's bytes, its size, or the number of files. */
export const ELSEWHERE: readonly string[] = [
  "E001",
  "E002",
  "E003",
  "E505",
  "E507",
  "E508",
  "E513",
  "E514",
  "E515",
  "E516",
  "W206",
];
