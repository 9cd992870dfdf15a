import { after, many, when, type Fixture } from "./fixture.js";

/** E109 to E144 but names: types, clauses, values, tests. */
export const MEANING: Readonly<Record<string, readonly Fixture[]>> = {
  E109: [
    when("subject contains ⟦secerts⟧", "subject contains secrets", "mail.send", { suggestion: "secrets" }),
    after(
      'allow z on mail.send { when every to.domain in ["a.com"] and not has(bcc) redact subject with cards, ⟦pii⟧ }',
      'allow z on mail.send { when every to.domain in ["a.com"] and not has(bcc) redact subject with cards }',
    ),
    after(
      "output z on fs.read { scan result for ⟦injections⟧ else forbid }",
      "output z on fs.read { scan result for injection else forbid }",
      { suggestion: "injection" },
    ),
    when("subject contains [secrets, ⟦bytes⟧]", "subject contains [secrets, cards]", "mail.send"),
  ],
  E110: [
    after(
      "type R { a: Id }\nfact f(a: [R]) -> Bool { timeout 1s }\ntool w (rs: [R]) { risk low }\nforbid z on w { when f(⟦rs⟧) }",
      "type R { a: Id }\nfact f(a: [Id]) -> Bool { timeout 1s }\ntool w (rs: [R]) { risk low }\nforbid z on w { when f(rs.a) }",
    ),
    after('type T { a: Int ⟦matches "b"⟧ }', 'type T { a: Text matches "b" }'),
    after("type T { a: Text by ⟦b⟧, b: Text by ⟦a⟧ }", "type T { a: Text by b, b: Text }"),
    after("type T { a: ⟦Ref⟧ }", 'type T { a: Ref<"x"> }'),
    after("tool q (a: ⟦Glob⟧) { risk low }", "tool q (a: Text) { risk low }"),
    after("tool q (a: ⟦Pattern⟧) { risk low }", "tool q (a: Text) { risk low }"),
    after("identity user { level: Int ⟦trusted⟧ }", "identity user { level: Int }"),
    when("⟦to in said⟧", "some to in said", "mail.send"),
    when("⟦said⟧ == 1", "subject in said", "mail.send"),
    when("⟦call⟧ == 1", "user.mfa"),
    when("⟦user.id from untrusted⟧", "path from untrusted"),
    after(
      "flow pii -> egress forbid { unless ⟦sinks in readers⟧ }",
      "flow pii -> egress forbid { unless every sinks in readers }",
    ),
    after(
      "flow pii -> write forbid { unless every ⟦sinks⟧ in readers }",
      "flow pii -> egress forbid { unless every sinks in readers }",
    ),
    after("flow pii -> egress forbid { when ⟦labels == 1⟧ }", "flow pii -> egress forbid { when labels has pci }"),
    after("flow pii -> egress forbid { when ⟦source⟧ == 1 }", "flow pii -> egress forbid { when first_seen }"),
    when("count ⟦contains⟧ secrets", "subject contains secrets", "mail.send"),
    after("tool q () { risk low readers ⟦user.mfa⟧ }", "tool q () { risk low readers user.groups }"),
    after(
      "fact f(a?: ⟦Id⟧) -> Int { timeout 1s }".replace("a?: ⟦Id⟧", "⟦a?: Id⟧"),
      "fact f(a: Id) -> Int { timeout 1s }",
    ),
    after("fact f(a: Id) -> Int { on error ⟦true⟧ }", "fact f(a: Id) -> Int { on error 1 }"),
    after(
      "fact f(a: Email) -> Int { on error 1 }\nforbid z on * { when f(⟦user.id⟧) > 1 }",
      "fact f(a: Id) -> Int { on error 1 }\nforbid z on * { when f(user.id) > 1 }",
    ),
    after(
      'tool q (p: Text) { risk low labels by ⟦p⟧ { "a": pii } }',
      'tool q (p: Path) { risk low labels by p { "a": pii } }',
    ),
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
    after('tool q () { risk low ⟦pin "sha256:aa"⟧ }', `tool q () { risk low pin "sha256:${"a".repeat(64)}" }`),
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
    after('type T { a: Text ⟦matches "("⟧ }', 'type T { a: Text matches "a+" }'),
    when('subject matches ⟦"("⟧', 'subject matches "a+"', "mail.send"),
    when('subject matches ⟦"(?=a)"⟧', 'subject matches "[a-z]{1,4}"', "mail.send"),
  ],
  E116: [
    after(
      'tool q (p: Path) { risk low ⟦labels by p { "[": pii }⟧ }',
      'tool q (p: Path) { risk low labels by p { "*": pii } }',
    ),
    when('path like ⟦"["⟧', 'path like "**/x"'),
  ],
  E117: [
    after('tool q () { risk low network [⟦"ftp://a.com"⟧] }', 'tool q () { risk low network ["a.com"] }'),
    after('tool q () { risk low network [⟦"a.com:80"⟧] }', 'tool q () { risk low network ["http://a.com"] }'),
    after('tool q () { risk low network [⟦"TRACE a.com"⟧] }', 'tool q () { risk low network ["GET a.com"] }'),
    when('url.host in [⟦"https://a.com"⟧]', 'url.host in ["a.com", "*.a.com"]', "web.get"),
  ],
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
  E123: [
    after("flow pii -> egress forbid { ⟦from⟧ manager }", "flow pii -> egress ask { from manager }"),
    after("quota z on * { limit 3 calls per day ⟦isolate⟧ high }", "quota z on * { limit 3 calls per day }"),
    after(
      "output z on fs.read { redact result with cards ⟦show⟧ args }",
      "output z on fs.read { redact result with cards }",
    ),
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
      "quota z on *, web.get { limit 3 distinct ⟦level⟧ per day }",
      "quota z on *, pay.send { limit 3 distinct level per day }",
    ),
    after(
      "quota z on pay, read { limit 5 USD of ⟦amount⟧ per day }",
      "quota z on pay { limit 5 USD of amount per day }",
    ),
    after(
      "quota z on * { limit 3 distinct many per day by ⟦raw⟧ }",
      "quota z on * { limit 3 distinct flag per day by most }",
    ),
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
    after(
      "fact f(a: Id) -> Int { timeout 1s }\nforbid z on * { when ⟦f()⟧ > 1 }",
      "fact f(a: Id) -> Int { timeout 1s }\nforbid z on * { when f(user.id) > 1 }",
    ),
    after(
      "tool q () -> Path { risk low ⟦undo fs.list()⟧ }",
      "tool q () -> Path { risk low undo fs.list(dir: result) }",
    ),
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
    after("forbid a on ⟦reply⟧ { when user.mfa }", "output a on reply { redact text with secrets }"),
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
    after(
      'test "t" { call fs.list(dir: ⟦$1⟧) => allow }',
      'test "t" { call fs.read(path: "/a") => allow returns "/b" call fs.list(dir: $1) => allow }',
    ),
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
    after(
      "ask z on pay.send { from manager ⟦remember 1h on amount⟧ }",
      "ask z on pay.send { from manager remember session on amount, any }",
    ),
    after(
      "flow pii -> egress ask { from manager ⟦remember 1h on to⟧ }",
      "flow pii -> egress ask { from manager remember 1h on to, bcc }",
    ),
  ],
  E142: [after("fact ⟦f⟧(a: Id) -> Int { }", "fact f(a: Id) -> Int { on error 1 }")],
  E144: [
    after(
      "require z on mail.send { after fs.read(⟦path == args.path⟧) ok }",
      'require z on mail.send { after fs.read(path == "/a") ok }',
    ),
  ],
  E143: [
    after(
      'allow z on mail.send { when every to.domain in ["a.com"] and not has(bcc) clamp count to ⟦5 .. 1⟧ }',
      'allow z on mail.send { when every to.domain in ["a.com"] and not has(bcc) clamp count to 5 .. 5 }',
    ),
    after('allow z on mail.send, fs.list { set ⟦subject⟧ = "x" }', "# c"),
    after("allow z on * { redact ⟦count⟧ with cards }", "# c"),
    after(
      'allow z on mail.send { when every to.domain in ["a.com"] and not has(bcc) drop ⟦subject⟧ }',
      'allow z on mail.send { when every to.domain in ["a.com"] and not has(bcc) drop bcc }',
    ),
    after(
      'allow z on mail.send { when every to.domain in ["a.com"] and not has(bcc) clamp ⟦subject⟧ to 1 .. 5 }',
      'allow z on mail.send { when every to.domain in ["a.com"] and not has(bcc) clamp count to 1 .. 5 }',
    ),
    after('allow z on mail.send { when every to.domain in ["a.com"] and not has(bcc) clamp count to ⟦5⟧ }', "# c"),
    after(
      'allow z on mail.send { when every to.domain in ["a.com"] and not has(bcc) redact ⟦count⟧ with cards }',
      'allow z on mail.send { when every to.domain in ["a.com"] and not has(bcc) redact subject with cards }',
    ),
    after(
      'allow z on mail.send { when every to.domain in ["a.com"] and not has(bcc) set subject = ⟦count⟧ }',
      'allow z on mail.send { when every to.domain in ["a.com"] and not has(bcc) set subject = "x" }',
    ),
  ],
};
