import { PRELUDE } from "./harness.js";

/** For one code: a source that shows it, marked where it points, and one like it that does not. */
export interface Fixture {
  readonly shows: string;
  readonly clean: string;
  readonly files?: Record<string, string>;
  /** The name that is offered instead. */
  readonly suggestion?: string;
}

const after = (shows: string, clean: string, more: Partial<Fixture> = {}): Fixture => ({
  shows: PRELUDE + shows,
  clean: PRELUDE + clean,
  ...more,
});
const when = (shows: string, clean: string, tool = "fs.read", more: Partial<Fixture> = {}): Fixture =>
  after(`forbid x on ${tool} { when ${shows} }`, `forbid x on ${tool} { when ${clean} }`, more);
const many = (count: number, of: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => of(i)).join("");
const bare = (shows: string, clean: string, more: Partial<Fixture> = {}): Fixture => ({ shows, clean, ...more });

const USE = 'policy t @ 1\nuse std.tiers\nuse std.identity\nuse "./lib.policy"\n';
const LIB = { "lib.policy": "policy lib\ntool lib.a () { risk low }\nlet shared = [1]\nrole r { 1 < 2 }\n" };

export const FIXTURES: Readonly<Record<string, readonly Fixture[]>> = {
  E004: [bare("⟦⟧# nothing\n", PRELUDE)],
  E005: [
    after("allow a on fs.read { ⟦whn⟧ user.mfa }", "allow a on fs.read { when user.mfa }"),
    after(
      "allow a on fs.read {\n when user.mfa\n⟦allow⟧ b on fs.list { }",
      "allow a on fs.read {\n when user.mfa }\nallow b on fs.list { }",
    ),
    after("tool a.b (to ⟦Text⟧) { risk low }", "tool a.b (to: Text) { risk low }"),
  ],
  E006: [after("let a = 1⟦;⟧", "forbid a on * { when 1 == 2 }")],
  E007: [
    after('let a = ⟦"abc⟧\n', "forbid a on * { when 1 == 2 }"),
    after('forbid x on fs.read { when note == "a⟦\\d⟧" }', "forbid a on * { when 1 == 2 }"),
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
    after("let ⟦user⟧ = 1", "forbid x on * { when 1 == 2 }"),
    after("tool ⟦read⟧ () { risk low }", "tool reader () { risk low }"),
    after("label l { a, ⟦by⟧ }", "label l { a, b }"),
    after("forbid ⟦default⟧ on * { when 1 == 2 }", "forbid fallback on * { when 1 == 2 }"),
    after("role ⟦requester⟧ { user.mfa }\nforbid z on * { for requester }", "# r"),
    after("role ⟦trusted⟧ { user.mfa }\nforbid z on * { for trusted }", "# r"),
  ],
  E012: [when("1 < 2 ⟦<⟧ 3", "1 < 2 and 2 < 3")],
  E013: [after(`let ⟦${"a".repeat(129)}⟧ = 1`, `type ${"a".repeat(128)} { a: Int }`)],
  E014: [after("let z = [1]\n⟦use⟧ std.tiers", "# u")],
  E015: [after("let ⟦\u0430dmin⟧ = 1", "# \u0430dmin")],
  E016: [after("# ⟦\u202e⟧ hidden", "# plain")],
  E099: [
    bare('policy a\nuse ⟦"@acme/x/y.policy"⟧', "policy a"),
  ],
  E101: [
    after("forbid z on * { when did ⟦fs.raed⟧ }", "forbid z on * { when did fs.read }", { suggestion: "fs.read" }),
    after("tool q () { risk low undo ⟦fs.lst⟧(dir: result) }\nallow qq on q { }", 'tool q () -> Path { risk low undo fs.list(dir: result) }', { suggestion: "fs.list" }),
    after("allow a on ⟦fs.raed⟧ { }", "allow a on fs.read { }", { suggestion: "fs.read" }),
    after('test "t" { call ⟦fs.lst⟧(dir: "/a") => allow }', 'test "t" { call fs.list(dir: "/a") => allow }', {
      suggestion: "fs.list",
    }),
  ],
  E102: [
    when("asked ⟦pya⟧", "1 == 2"),
    after('intent pay { "pay" }\nforbid z on * { when asked ⟦pya⟧ }', 'intent pay { "pay" }\nforbid z on * { when asked pay }', { suggestion: "pay" }),
    after("tool q (p: Path) { risk low labels by ⟦q⟧ { \"a\": pii } }", "tool q (p: Path) { risk low labels by p { \"a\": pii } }"),
    after("ask z on pay.send { from manager remember 1h on any, amount, ⟦too⟧ }", "ask z on pay.send { from manager remember 1h on any, amount, to }", { suggestion: "to" }),
    after("allow z on mail.send { redact ⟦body⟧ with secrets }", "allow z on mail.send { redact subject with secrets }"),
    after("output z on fs.read { redact ⟦path⟧ with secrets }", "output z on fs.read { redact result with secrets }"),
    after("prove p { a.b refines ⟦c⟧ }".replace("a.b", "t"), "prove p { t refines t }"),
    after('test "t" { given fact ⟦f⟧ = 1 call fs.list(dir: "/a") => allow }', 'fact f() -> Int { timeout 1s }\ntest "t" { given fact f = 1 call fs.list(dir: "/a") => allow }'),
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
    after("flow pii -> egress forbid { when labels has ⟦secrt⟧ }", "flow pii -> egress forbid { when labels has secret }", { suggestion: "secret" }),
    bare("policy t\nuse std.tiers\ntool a (b: Id) { risk low }\nforbid z on a { when b from ⟦untrusted⟧ }", "policy t\nuse std.tiers\nuse std.labels\ntool a (b: Id) { risk low }\nforbid z on a { when b from untrusted }"),after("tool q () { risk low labels ⟦pi⟧ }", "tool q () { risk low labels pii }", { suggestion: "pii" })],
  E106: [
    after("tool q (a: ⟦Txt⟧) { risk low }", "tool q (a: Text) { risk low }", { suggestion: "Text" }),
    after("tool q (a: [⟦Custmer⟧]) { risk low }", "tool q (a: [Customer]) { risk low }", { suggestion: "Customer" }),
  ],
  E107: [when('⟦sizee⟧("a") == 1', 'size("a") == 1', "fs.read", { suggestion: "size" })],
  E108: [
    after("tool q (a: Sql<⟦\"mysql\"⟧>) { risk low }", "tool q (a: Sql<\"postgresql\">) { risk low }"),
    after("tool q () { effect ⟦raed⟧ risk low }", "tool q () { effect read risk low }", { suggestion: "read" }),
    after("tool q () { risk ⟦hihg⟧ }", "tool q () { risk high }", { suggestion: "high" }),
    after("allow a on fs.read { isolate ⟦hgh⟧ }", "allow a on fs.read { isolate high }"),
    after("tier ⟦hugh⟧ { isolate inline }", "# t"),
    after("identity ⟦usr⟧ { a: Int }", "identity user { a: Int }"),
    after("tool q (a: Money<⟦UDS⟧>) { risk low }", "tool q (a: Money<USD>) { risk low }"),
    after("forbid a on fs.read | ⟦write⟧ { when 1 == 2 }", "forbid a on read | write { when 1 == 2 }"),
  ],
  E109: [
    when("subject contains ⟦secerts⟧", "subject contains secrets", "mail.send", { suggestion: "secrets" }),
    after("allow z on mail.send { redact subject with cards, ⟦pii⟧ }", "allow z on mail.send { redact subject with cards }"),
    after("output z on fs.read { scan result for ⟦injections⟧ else forbid }", "output z on fs.read { scan result for injection else forbid }", { suggestion: "injection" }),
    when("subject contains [secrets, ⟦bytes⟧]", "subject contains [secrets, cards]", "mail.send"),
  ],
  E110: [
    after("type T { a: Int ⟦matches \"b\"⟧ }", "type T { a: Text matches \"b\" }"),
    after("type T { a: Text by ⟦b⟧, b: Text by ⟦a⟧ }", "type T { a: Text by b, b: Text }"),
    after("type T { a: ⟦Ref⟧ }", "type T { a: Ref<\"x\"> }"),
    after("tool q (a: ⟦Glob⟧) { risk low }", "tool q (a: Text) { risk low }"),
    after("tool q (a: ⟦Pattern⟧) { risk low }", "tool q (a: Text) { risk low }"),
    after("identity user { level: Int ⟦trusted⟧ }", "identity user { level: Int }"),
    when("⟦to in said⟧", "some to in said", "mail.send"),
    when("⟦said⟧ == 1", "subject in said", "mail.send"),
    when("⟦call⟧ == 1", "1 == 2"),
    when("⟦user.id from untrusted⟧", "path from untrusted"),
    after("flow pii -> egress forbid { unless ⟦sinks in readers⟧ }", "flow pii -> egress forbid { unless every sinks in readers }"),
    after("flow pii -> write forbid { unless every ⟦sinks⟧ in readers }", "flow pii -> egress forbid { unless every sinks in readers }"),
    after("flow pii -> egress forbid { when ⟦labels == 1⟧ }", "flow pii -> egress forbid { when labels has pci }"),
    after("flow pii -> egress forbid { when ⟦source⟧ == 1 }", "flow pii -> egress forbid { when first_seen }"),
    when("count ⟦contains⟧ secrets", "subject contains secrets", "mail.send"),
    after("tool q () { risk low readers ⟦user.mfa⟧ }", "tool q () { risk low readers user.groups }"),
    after("fact f(a?: ⟦Id⟧) -> Int { timeout 1s }".replace("a?: ⟦Id⟧", "⟦a?: Id⟧"), "fact f(a: Id) -> Int { timeout 1s }"),
    after("fact f(a: Id) -> Int { on error ⟦true⟧ }", "fact f(a: Id) -> Int { on error 1 }"),
    after("fact f(a: Email) -> Int { on error 1 }\nforbid z on * { when f(⟦user.id⟧) > 1 }", "fact f(a: Id) -> Int { on error 1 }\nforbid z on * { when f(user.id) > 1 }"),
    after("tool q (p: Text) { risk low labels by ⟦p⟧ { \"a\": pii } }", "tool q (p: Path) { risk low labels by p { \"a\": pii } }"),
    when("⟦path > 3⟧", 'path == "/a"'),
    when("path == ⟦3⟧".replace("⟦3⟧", "3").replace("path == 3", "⟦path == 3⟧"), 'path == "/a"'),
    when("subject ⟦<⟧ subject", "count < 3", "mail.send"),
    when("⟦to == subject⟧", 'to has "a@b.com"', "mail.send"),
    when("every ⟦subject⟧ == subject", 'every to == "a@b.com"', "mail.send"),
    when("flag and most ⟦has⟧ 3", "flag and most == 3", "crm.put"),
    when("⟦size(most)⟧ == 1", "size(many) == 1", "crm.put"),
    when("customer ⟦==⟧ customer", "customer.id == customer.id", "crm.put"),
    when(
      "subject ⟦+ subject⟧ == 1"
        .replace("⟦+ subject⟧", "+ subject")
        .replace("subject + subject", "⟦subject + subject⟧"),
      "count + 1 == 1",
      "mail.send",
    ),
    when('url.host ⟦like⟧ "*.a.com"', 'url.host in ["*.a.com"]', "web.get"),
    when('count ⟦matches⟧ "a"', 'subject matches "a"', "mail.send"),
    when("path under ⟦3⟧", 'path under "/a"'),
    when("⟦user⟧ == 1", "user.mfa"),
    when("flag in ⟦[]⟧", "flag in [true]", "crm.put"),
    when("subject like ⟦subject⟧", 'subject like "a*"', "mail.send"),
    when("most in ⟦flag⟧", "most in 1 .. 3", "crm.put"),
  ],
  E111: [
    after("quota z on pay { limit 5 EUR of ⟦amount⟧ per day }", "quota z on pay { limit 5 USD of amount per day }"),
    after("quota z on pay { limit ⟦5KB⟧ of any per day }", "quota z on pay { limit 5 USD of any per day }"),
    when("⟦any > 50⟧".replace("any > 50", "any > ⟦50⟧").replace(/^⟦(.*)⟧$/, "$1"), "any > 50 USD", "pay.send"),
    when("amount < ⟦50 EUR⟧", "amount < 50 USD", "pay.send"),
    when("wait > ⟦5⟧", "wait > 5s", "mail.send"),
    when("count > ⟦5m⟧", "count > 5", "mail.send"),
    when("amount ⟦==⟧ size(level)", "amount == amount", "pay.send"),
    when("⟦any + 5m⟧ > any", "any + any > any", "pay.send"),
  ],
  E112: [
    after("tool q () { risk low ⟦pin \"sha256:aa\"⟧ }", `tool q () { risk low pin "sha256:${"a".repeat(64)}" }`),
    when('path under ⟦"work"⟧', 'path under "/work"'),
    when('to == ⟦"nobody"⟧', 'to == "a@b.com"', "pay.send"),
    when('level == ⟦"lwo"⟧', 'level == "low"', "pay.send", { suggestion: '"low"' }),
    when("amount == ⟦0.001 USD⟧", "amount == 0.01 USD", "pay.send"),
    when("count == ⟦99999999999999999999⟧", "count == 9", "mail.send"),
  ],
  E113: [
    when('⟦note⟧ == "x"', 'has(note) and note == "x"'),
    when('not has(note) and ⟦note⟧ == "x"', 'not has(note) or note == "x"'),
    when('⟦customer.note⟧ == "x"', 'has(customer.note) and customer.note == "x"', "crm.put"),
    after(
      'forbid x on fs.read { when ⟦note⟧ == "x" unless has(note) }',
      'forbid x on fs.read { when note == "x" unless not has(note) }',
    ),
    when("size(⟦bcc⟧) > 1", 'every bcc.domain in ["a.com"]', "mail.send"),
    after(
      "allow x on fs.read { limit 3 calls per hour by ⟦note⟧ }",
      "allow x on fs.read { when has(note) limit 3 calls per hour by note }",
    ),
  ],
  E114: [when("has(⟦user⟧)", "has(note)"), when("has(⟦nte⟧)", "has(note)", "fs.read", { suggestion: "note" })],
  E115: [
    after("type T { a: Text ⟦matches \"(\"⟧ }", "type T { a: Text matches \"a+\" }"),
    when('subject matches ⟦"("⟧', 'subject matches "a+"', "mail.send"),
    when('subject matches ⟦"(?=a)"⟧', 'subject matches "[a-z]{1,4}"', "mail.send"),
  ],
  E116: [
    after("tool q (p: Path) { risk low ⟦labels by p { \"[\": pii }⟧ }", "tool q (p: Path) { risk low labels by p { \"*\": pii } }"),when('path like ⟦"["⟧', 'path like "**/x"')],
  E117: [
    after("tool q () { risk low network [⟦\"https://a.com\"⟧] }", "tool q () { risk low network [\"a.com\"] }"),when('url.host in [⟦"https://a.com"⟧]', 'url.host in ["a.com", "*.a.com"]', "web.get")],
  E118: [after("forbid x on pay.send, mail.send { when ⟦to⟧ == to }", 'forbid x on pay.send { when to == "a@b.com" }')],
  E119: [
    after("role r { ⟦did fs.read⟧ }\nforbid z on * { for r }".replace("⟦did fs.read⟧", "did ⟦fs.read⟧"), "# r"),
    after("fact f() -> Int { timeout 1s }\nrole r { ⟦f⟧() > 1 }\nforbid z on * { for r }", "# r"),
    after('intent i { "pay" }\nrole r { ⟦asked i⟧ }\nforbid z on * { for r }', "# r"),
    when("did fs.read(path from ⟦untrusted⟧)", "did fs.read(path in said)"),
    after('role r { ⟦path⟧ under "/a" }\nforbid z on * { for r }', "role r { user.mfa }\nforbid z on * { for r }"),
    after("role r { ⟦has(path)⟧ }\nforbid z on * { for r }", "# r"),
    after('let l = ⟦path⟧\nforbid z on fs.read { when l under "/a" }', "# r"),
  ],
  E120: [
    after(
      "allow a on fs.read { }\nforbid ⟦a⟧ on fs.read { when 1 == 2 }",
      "allow a on fs.read { }\nforbid b on fs.read { when 1 == 2 }",
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
  E123: [
    after("flow pii -> egress forbid { ⟦from⟧ manager }", "flow pii -> egress ask { from manager }"),
    after("quota z on * { limit 3 calls per day ⟦isolate⟧ high }", "quota z on * { limit 3 calls per day }"),
    after("output z on fs.read { redact result with cards ⟦show⟧ args }", "output z on fs.read { redact result with cards }"),
    after("allow a on fs.read { ⟦quorum⟧ 2 }", "ask a on fs.read { from manager quorum 2 }"),
    after("forbid a on fs.read { ⟦limit⟧ 3 calls per hour }", "# f"),
    after("allow a on fs.read { ⟦scan⟧ result for injection else forbid }", "# f"),
  ],
  E124: [
    after('allow a on fs.read { tell "a" ⟦tell⟧ "b" }', 'allow a on fs.read { tell "a" because "b" }'),
    after("tool q () { risk low ⟦risk high⟧ }", "# q"),
    after(
      "tool z () { risk low }\nallow zz on z { when 1 == 1 when 2 == 2 }\nallow y on z { for support ⟦for⟧ manager }",
      "# q",
    ),
  ],
  E125: [
    after("⟦flow⟧ pii -> egress ask", "flow pii -> egress ask { from manager }"),
    after("ask ⟦a⟧ on fs.read { }", "ask a on fs.read { from manager }"),
    after("ask a on fs.read { ⟦from requester⟧ }", "ask a on fs.read { from manager, requester }"),
  ],
  E126: [
    after(
      "allow a on fs.read { limit 3 calls per hour by ⟦pth⟧ }",
      "allow a on fs.read { limit 3 calls per hour by path, user, session }",
      { suggestion: "path" },
    ),
    after("allow a on fs.read, fs.list { limit 3 calls per hour by ⟦path⟧ }", "# a"),
    after("allow a on mail.send { limit 3 calls per hour by ⟦to⟧ }", "# a"),
  ],
  E127: [
    after("allow a on fs.read { limit 3 calls per ⟦0s⟧ }", "allow a on fs.read { limit 3 calls per 1s }"),
    after("ask a on fs.read { from manager quorum ⟦0⟧ }", "ask a on fs.read { from manager quorum 2 }"),
    after("ask a on fs.read { from manager expires ⟦0s⟧ }", "# a"),
    after("tool q (a: Text<⟦0⟧>) { risk low }", "tool q (a: Text<9>) { risk low }"),
    after("allow a on fs.read { limit ⟦1.5⟧ calls per hour }", "# a"),
    after("⟦@owasp⟧\nforbid z on * { when user.mfa }", '@owasp("ASI02", "ASI03")\nforbid z on * { when user.mfa }'),
    after('⟦@shadow("x")⟧\nforbid z on * { when user.mfa }', "@shadow\nforbid z on * { when user.mfa }"),
  ],
  E128: [
    after("fact f(a: Id) -> Int { timeout 1s }\nforbid z on * { when ⟦f()⟧ > 1 }", "fact f(a: Id) -> Int { timeout 1s }\nforbid z on * { when f(user.id) > 1 }"),
    after("tool q () -> Path { risk low ⟦undo fs.list()⟧ }", "tool q () -> Path { risk low undo fs.list(dir: result) }"),
    when("⟦size(to, to)⟧ == 1", "size(to) == 1", "mail.send"),
    when("⟦size()⟧ == 1", "max(1, 2) == 1", "mail.send"),
  ],
  E129: [
    after(
      `let a0 = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n${many(6, (i) => `let ${i === 3 ? "⟦a4⟧" : `a${i + 1}`} = [a${i}, a${i}, a${i}, a${i}, a${i}, a${i}, a${i}, a${i}, a${i}, a${i}]\n`)}`,
      "# a",
    ),
  ],
  E131: [
    after("forbid a on ⟦reply⟧ { when 1 == 2 }", "output a on reply { redact text with secrets }"),
    after("allow a on ⟦delete⟧ { }", "allow a on write { }"),
    after("allow a on ⟦db.*⟧ { }", "allow a on fs.* { }"),
  ],
  E136: [
    after(
      'test "t" { call fs.list(dir: "/a") => allow by ⟦bsae⟧ }',
      'test "t" { call fs.list(dir: "/a") => allow by base }',
      { suggestion: "base" },
    ),
  ],
  E137: [
    after('test "t" { call fs.list(dir: ⟦"a"⟧) => forbid }', 'test "t" { call fs.list(dir: "a") => forbid by input }'),
    after('test "t" { call ⟦fs.list⟧() => forbid }', "# t"),
    after('test "t" { call fs.list(dir: "/a", dri: ⟦"/a"⟧) => forbid }', "# t", { suggestion: "dir" }),
  ],
  E138: [
    after('test "t" { call fs.list(dir: ⟦$1⟧) => allow }', 'test "t" { call fs.read(path: "/a") => allow returns "/b" call fs.list(dir: $1) => allow }'),
    after('test "t" { call fs.read(path: "/a") => forbid call fs.list(dir: ⟦$1⟧) => allow }', "# t"),
    after('test "t" { call fs.list(dir: "/a") => allow returns ⟦$1⟧ }', "# t"),
    after('test ⟦"t"⟧ { as support }', 'test "t" { call fs.list(dir: "/a") => forbid }'),
    after('test "t" { call fs.list(dir: ⟦1 + 2⟧) => forbid }', "# t"),
  ],
  E139: [when("⟦path⟧", "user.mfa"), when("user.mfa and ⟦user.groups⟧", 'user.mfa and user.groups has "x"')],
  E140: [
    after("require ⟦z⟧ on fs.read { }", "require z on fs.read { after fs.list ok }"),
    after("quota ⟦z⟧ on * { }", "quota z on * { limit 3 calls per day }"),
    after("output ⟦z⟧ on fs.read { }", "output z on fs.read { truncate result to 1KB }"),
    after("endorse ⟦z⟧ on fs.read { }", "endorse z on fs.read { when path in said }"),
  ],
  E141: [
    after("ask z on pay.send { from manager ⟦remember 1h on amount⟧ }", "ask z on pay.send { from manager remember session on amount, any }"),
    after("flow pii -> egress ask { from manager ⟦remember 1h on to⟧ }", "flow pii -> egress ask { from manager remember 1h on to, bcc }"),
  ],
  E142: [
    after("fact ⟦f⟧(a: Id) -> Int { }", "fact f(a: Id) -> Int { on error 1 }"),
  ],
  E143: [
    after("allow z on mail.send { drop ⟦subject⟧ }", "allow z on mail.send { drop bcc }"),
    after("allow z on mail.send { clamp ⟦subject⟧ to 1 .. 5 }", "allow z on mail.send { clamp count to 1 .. 5 }"),
    after("allow z on mail.send { clamp count to ⟦5⟧ }", "# c"),
    after("allow z on mail.send { redact ⟦count⟧ with cards }", "allow z on mail.send { redact subject with cards }"),
    after("allow z on mail.send { set subject = ⟦count⟧ }", 'allow z on mail.send { set subject = "x" }'),
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
  W203: [after("let ⟦x⟧ = 1", "let x = 1\nforbid z on * { when x == 2 }")],
  W204: [
    after('forbid z on fs.* { when ⟦path⟧ under "/etc" }', 'forbid z on fs.* { when has(path) and path under "/etc" }'),
  ],
};

/** Shown by tests of their own: a file's bytes, its size, or the number of files. */
export const ELSEWHERE: readonly string[] = ["E001", "E002", "E003", "E505", "E507", "E508", "W206"];
