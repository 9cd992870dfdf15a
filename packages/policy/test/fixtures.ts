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
    after("⟦taint value⟧", "# taint"),
    after("param ⟦work⟧: Path", "# param"),
    after("⟦flow⟧ pii -> egress forbid", "# flow"),
    after("⟦quota q⟧ on * { }", "# quota"),
    after("⟦output o⟧ on * { }", "# o"),
    after("⟦require r⟧ on * { }", "# r"),
    after("⟦endorse e⟧ on * { }", "# e"),
    after("fact ⟦f⟧(a: Id) -> Int { timeout 50ms }", "# f"),
    after('intent ⟦i⟧ { "pay" }', "# i"),
    after("prove ⟦p⟧ { some allow * }", "# p"),
    after("type T { a: Text ⟦trusted⟧ }", "type T { a: Text }"),
    after('type T { a: Text ⟦like "b"⟧ }', "type T { a: Text }"),
    after("type T { a: Text by ⟦b⟧, b: Text }", "type T { a: Text }"),
    after('type T { a: ⟦Ref<"x">⟧ }', "type T { a: Id }"),
    after("tool sh (c: ⟦Command⟧) { risk low }", "# c"),
    after("tool q () { risk low ⟦readers user.groups⟧ }", "# c"),
    after('tool q () { risk low ⟦network ["a.com"]⟧ }', "# c"),
    after("tool q () { risk low ⟦undo fs.list(dir: 1)⟧ }", "# c"),
    after('tool q () { risk low ⟦pin "sha256:aa"⟧ }', "# c"),
    after("tool q () { risk low ⟦lowers untrusted⟧ }", "# c"),
    after('tool q (p: Path) { risk low ⟦labels by p { "a": pii }⟧ }', "# c"),
    after("allow z on pay.send { ⟦limit 3 concurrent⟧ }", "allow z on pay.send { limit 3 calls per hour }"),
    after("allow z on pay.send { ⟦limit 3 USD of amount per day⟧ }", "allow z on pay.send { limit 3 calls per 2h }"),
    after("allow z on pay.send { ⟦limit 3 distinct to per day⟧ }", "allow z on pay.send { limit 3 calls per session }"),
    after("allow z on pay.send { ⟦drop⟧ to }", "# c"),
    after("allow z on pay.send { ⟦redact⟧ to with pii }", "# c"),
    after("allow z on mail.send { ⟦clamp⟧ count to 1 .. 5 }", "# c"),
    after('allow z on mail.send { ⟦set⟧ subject = "x" }', "# c"),
    after("ask z on pay.send { from manager ⟦remember⟧ 1h on to }", "# c"),
    after("allow z on pay.send { ⟦after⟧ fs.read ok }", "# c"),
    after("ask z on pay.send { from manager show ⟦source⟧ }", "ask z on pay.send { from manager show args }"),
    when("⟦did fs.read ok within 1h⟧", "1 == 2"),
    when("⟦asked pay⟧", "1 == 2"),
    when("path from ⟦untrusted⟧", "1 == 2"),
    when("path in ⟦said⟧", "1 == 2"),
    bare(
      "policy t\nuse std.tiers\ntool a (call: Int) { risk low }\nallow b on a { when ⟦call⟧ == 1 }",
      "policy t\nuse std.tiers\ntool a (call: Int) { risk low }\nallow b on a { when args.call == 1 }",
    ),
    when("subject contains ⟦secrets⟧", 'subject contains "secrets"', "mail.send"),
    bare('policy a\nuse ⟦"@acme/x/y.policy"⟧', "policy a"),
    after(
      'test "t" { as support ⟦said "x"⟧ call fs.list(dir: "/a") => allow }',
      'test "t" { as support call fs.list(dir: "/a") => allow }',
    ),
    after(
      'test "t" { ⟦given label pii⟧ call fs.list(dir: "/a") => allow }',
      'test "t" { call fs.list(dir: "/a") => forbid by default }',
    ),
    after('test "t" { call fs.list(dir: ⟦$1⟧) => allow }', 'test "t" { call fs.list(dir: "/a") => forbid }'),
    after(
      'test "t" { call fs.list(dir: "/a") => allow ⟦with (dir: "/b")⟧ }',
      'test "t" { call fs.list(dir: "/a") => forbid }',
    ),
  ],
  E101: [
    after("allow a on ⟦fs.raed⟧ { }", "allow a on fs.read { }", { suggestion: "fs.read" }),
    after('test "t" { call ⟦fs.lst⟧(dir: "/a") => allow }', 'test "t" { call fs.list(dir: "/a") => allow }', {
      suggestion: "fs.list",
    }),
  ],
  E102: [
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
  E105: [after("tool q () { risk low labels ⟦pi⟧ }", "tool q () { risk low labels pii }", { suggestion: "pii" })],
  E106: [
    after("tool q (a: ⟦Txt⟧) { risk low }", "tool q (a: Text) { risk low }", { suggestion: "Text" }),
    after("tool q (a: [⟦Custmer⟧]) { risk low }", "tool q (a: [Customer]) { risk low }", { suggestion: "Customer" }),
  ],
  E107: [when('⟦sizee⟧("a") == 1', 'size("a") == 1', "fs.read", { suggestion: "size" })],
  E108: [
    after("tool q () { effect ⟦raed⟧ risk low }", "tool q () { effect read risk low }", { suggestion: "read" }),
    after("tool q () { risk ⟦hihg⟧ }", "tool q () { risk high }", { suggestion: "high" }),
    after("allow a on fs.read { isolate ⟦hgh⟧ }", "allow a on fs.read { isolate high }"),
    after("tier ⟦hugh⟧ { isolate inline }", "# t"),
    after("identity ⟦usr⟧ { a: Int }", "identity user { a: Int }"),
    after("tool q (a: Money<⟦UDS⟧>) { risk low }", "tool q (a: Money<USD>) { risk low }"),
    after("forbid a on fs.read | ⟦write⟧ { when 1 == 2 }", "forbid a on read | write { when 1 == 2 }"),
  ],
  E110: [
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
    when("⟦any > 50⟧".replace("any > 50", "any > ⟦50⟧").replace(/^⟦(.*)⟧$/, "$1"), "any > 50 USD", "pay.send"),
    when("amount < ⟦50 EUR⟧", "amount < 50 USD", "pay.send"),
    when("wait > ⟦5⟧", "wait > 5s", "mail.send"),
    when("count > ⟦5m⟧", "count > 5", "mail.send"),
    when("amount ⟦==⟧ size(level)", "amount == amount", "pay.send"),
    when("⟦any + 5m⟧ > any", "any + any > any", "pay.send"),
  ],
  E112: [
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
    when('subject matches ⟦"("⟧', 'subject matches "a+"', "mail.send"),
    when('subject matches ⟦"(?=a)"⟧', 'subject matches "[a-z]{1,4}"', "mail.send"),
  ],
  E116: [when('path like ⟦"["⟧', 'path like "**/x"')],
  E117: [when('url.host in [⟦"https://a.com"⟧]', 'url.host in ["a.com", "*.a.com"]', "web.get")],
  E118: [after("forbid x on pay.send, mail.send { when ⟦to⟧ == to }", 'forbid x on pay.send { when to == "a@b.com" }')],
  E119: [
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
    after('test ⟦"t"⟧ { as support }', 'test "t" { call fs.list(dir: "/a") => forbid }'),
    after('test "t" { call fs.list(dir: ⟦1 + 2⟧) => forbid }', "# t"),
  ],
  E139: [when("⟦path⟧", "user.mfa"), when("user.mfa and ⟦user.groups⟧", 'user.mfa and user.groups has "x"')],
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
