import type { Fixture } from "./fixture.js";
import { PRELUDE } from "./harness.js";

const BARE = "policy t @ 1\nuse std.labels\nuse std.identity\nuse std.tiers\n";
const after = (shows: string, clean: string): Fixture => ({ shows: PRELUDE + shows, clean: PRELUDE + clean });
const bare = (shows: string, clean: string, more: Partial<Fixture> = {}): Fixture => ({
  shows: BARE + shows,
  clean: BARE + clean,
  ...more,
});
const never = (shows: string, clean: string, tool = "pay.send"): Fixture =>
  after(`forbid x on ${tool} { when ${shows} }`, `forbid x on ${tool} { when ${clean} }`);

const GET =
  "tool crm.get (id: Id) -> Id { effect read  risk low  labels trusted, pii, confidential }\nallow get on crm.get { }\n";
const WEB = "tool web.page (id: Id) -> Text { effect read  risk low  labels untrusted }\nallow page on web.page { }\n";
const SEND = "tool mail.out (to: [Email], cc?: [Email], body: Text) { effect egress  risk low  sink to, cc }\n";
const MARKED = SEND.replace("mail.out", "⟦mail.out⟧");
const TO = 'every to.domain in ["a.com"] and not has(cc)';
const ALLOW = `allow send on mail.out { when ${TO} }\n`;
const REFUSE = "flow pii -> egress forbid\nflow confidential -> egress forbid\n";
const url = (effect: string, grant: string, mark = false): string =>
  `tool web.get (${mark ? "⟦url⟧" : "url"}: Url, also?: Url) { effect ${effect}  risk low }\n${grant}\n`;
const OUT = 'allow o on out { when to == "x" }';
const HELD = '(not has(also) or also.host == "a.com")';
const FREE = "tool a (to: Id, bcc?: Id, body: Text) { effect write  risk low  sink to, bcc }\n";

/** For the codes of the checker: what rules, tools and flows come to together. */
export const CHECK_FIXTURES: Readonly<Record<string, readonly Fixture[]>> = {
  E201: [
    never("amount > 100 USD and ⟦amount < 50 USD⟧", "amount > 100 USD and amount < 150 USD"),
    never("amount >= 50 USD and ⟦amount < 50 USD⟧", "amount >= 50 USD and amount <= 50 USD"),
    never("⟦1 == 2⟧", "user.mfa"),
    never('to == "a@b.com" and ⟦to != "a@b.com"⟧', 'to == "a@b.com" and to != "b@b.com"'),
    never('level == "low" and ⟦level == "high"⟧', 'level == "low" or level == "high"'),
    never('level != "low" and ⟦level != "high"⟧', 'level != "low"'),
    never('to in ["a@b.com", "c@b.com"] and ⟦to == "d@b.com"⟧', 'to in ["a@b.com", "c@b.com"] and to == "c@b.com"'),
    never(
      'url.host in ["a.com", "*.b.com"] and ⟦url.host in ["c.com"]⟧',
      'url.host in ["a.com", "*.b.com"] and url.host in ["x.b.com"]',
      "web.get",
    ),
    never('path under "/a" and ⟦path under "/b"⟧', 'path under "/a" and path under "/a/b"', "fs.read"),
    never('path == "/a/b" and ⟦not (path like "/a/*")⟧', 'path == "/a/b" and path like "/a/*"', "fs.read"),
    never("user.mfa and ⟦not user.mfa⟧", "user.mfa or not user.mfa or amount > 1 USD"),
    never(
      'every to.domain in ["a.com"] and ⟦some to.domain == "b.com"⟧',
      'every to.domain in ["a.com"] and some to.domain == "a.com"',
      "mail.send",
    ),
    never("count in 1 .. 5 and ⟦count == 7⟧", "count in 1 .. 5 and count == 5", "mail.send"),
    never("⟦size(subject) < 0⟧", "size(subject) < 1", "mail.send"),
    never("(count == 1 or count == 2) and ⟦count > 2⟧", "(count == 1 or count == 2) and count > 1", "mail.send"),
    after(
      "forbid x on pay.send { when amount > 5 USD ⟦unless amount > 3 USD⟧ }",
      "forbid x on pay.send { when amount > 5 USD unless amount > 30 USD }",
    ),
    after(
      "role r { ⟦1 > 2⟧ }\nforbid z on * { for r when user.mfa }",
      'role r { user.mfa }\nforbid z on * { for r when user.id == "a" }',
    ),
  ],
  E202: [
    after(
      "output o on fs.read { ⟦when⟧ result contains secrets  redact result with secrets }",
      "output o on fs.read { forbid when result contains secrets }",
    ),
    after(
      "output o on fs.read { ⟦when⟧ not (result contains secrets) or result contains canary  redact result with cards }",
      "output o on fs.read { when user.mfa and result contains secrets  redact result with secrets }",
    ),
  ],
  E203: [
    after(
      'role one { user.id == "ann" }\nask x on pay.send { for one ⟦from one⟧ }',
      'role one { user.id == "ann" }\nask x on pay.send { for support from one }',
    ),
    after(
      'role two { user.id in ["ann", "bob"] }\nask x on pay.send { ⟦from two⟧ quorum 3 }',
      'role two { user.id in ["ann", "bob"] }\nask x on pay.send { from two quorum 2 }',
    ),
    after(
      'role one { user.id == "ann" }\nask x on pay.send { for one ⟦from one⟧ show amount }',
      'role one { user.id == "ann" }\nask x on pay.send { for one from one, requester show amount }',
    ),
  ],
  E204: [
    after(
      "allow x on fs.read { when has(note) redact note with secrets ⟦redact note with cards⟧ }",
      "allow x on fs.read { when has(note) redact note with secrets, cards }",
    ),
    after(
      "allow x on fs.read { when has(note) redact note with secrets }\nallow y on fs.read { when has(note) and user.mfa ⟦drop note⟧ }",
      "allow x on fs.read { when has(note) and not user.mfa redact note with secrets }\nallow y on fs.read { when has(note) and user.mfa drop note }",
    ),
  ],
  E205: [
    after(
      "require a on fs.read { after fs.list ok }\nrequire ⟦b⟧ on fs.list { after fs.read ok }",
      "require a on fs.read { after fs.list ok }\nrequire b on fs.list { when user.mfa after fs.read ok }",
    ),
    after("require ⟦a⟧ on fs.* { after fs.read ok }", "require a on fs.list { after fs.read ok }"),
  ],
  E301: [
    bare(`${GET}${MARKED}${ALLOW}flow pii -> egress forbid`, `${GET}${SEND}${ALLOW}${REFUSE}`),
    bare(
      `${GET}${MARKED}${ALLOW}flow pii -> egress forbid\nflow secret -> egress forbid`,
      `${GET}${SEND}${ALLOW}flow pii | internal -> egress ask { from r }\nrole r { user.mfa }`,
    ),
    bare(
      `${GET}${MARKED}${ALLOW}flow pii -> egress forbid\nflow confidential -> egress raise critical`,
      `${GET}${SEND}${ALLOW}${REFUSE}`,
    ),
    bare(
      `${GET}${MARKED}${ALLOW}flow confidential & pii -> egress forbid\nflow confidential -> egress forbid`,
      `${GET}${SEND}${ALLOW}flow pii -> mail.out forbid\nflow confidential -> * forbid`,
    ),
    bare(
      `${GET}${MARKED}${ALLOW}flow pii -> egress forbid\n@shadow\nflow confidential -> egress forbid`,
      `${GET}${SEND}${ALLOW}${REFUSE}`,
    ),
    // Labels that only some paths have, or only a field has.
    bare(
      `tool f (path: Path) -> Id { effect read  risk low  labels trusted labels by path { "**/hr/**": pii } }\nallow a on f { }\n${MARKED}${ALLOW}`,
      `tool f (path: Path) -> Id { effect read  risk low  labels trusted labels by path { "**/hr/**": internal } }\nallow a on f { }\n${SEND}${ALLOW}flow internal -> egress forbid`,
    ),
    bare(
      `type T { a: Id trusted, b: [Id] trusted, pci }\ntool f () -> [T] { effect read  risk low }\nallow a on f { }\n${MARKED}${ALLOW}`,
      `type T { a: Id trusted, b: [Id] trusted, public }\ntool f () -> [T] { effect read  risk low }\nallow a on f { }\n${SEND}${ALLOW}`,
    ),
    // A sink of something that is no egress.
    bare(
      `${GET.replace(", confidential", "")}tool ⟦post⟧ (to: Id) { effect write  risk low  sink to }\nallow a on post { when to == "x" }`,
      `${GET}tool post (to: Id) { effect write  risk low }\nallow a on post { when to == "x" }`,
    ),
  ],
  E302: [
    bare(
      "tool ⟦out⟧ (body: Text) { effect egress  risk low }",
      "tool out (body: Text, to: Id) { effect egress  risk low  sink to }",
    ),
    bare("tool ⟦out⟧ (body: Text) { effect read, egress  risk low }", "tool out () { effect egress  risk low }"),
  ],
  E303: [
    bare(
      url("read", 'allow g on web.get { when url.scheme == "https" unless has(also) }', true),
      url("read", `allow g on web.get { when url.host in ["a.com", "*.b.com"] and ${HELD} }`),
    ),
    bare(
      url(
        "read",
        `allow g on web.get { when url.host in ["a.com"] and ${HELD} }\nallow h on web.get { when user.mfa unless has(also) }`,
        true,
      ),
      url(
        "read",
        `allow g on web.get { when url.host in ["a.com"] and ${HELD} }\nallow h on web.get { when url.host == "b.com" unless has(also) }`,
      ),
    ),
    bare(
      url("read", 'allow g on web.get { when url.host in ["a.com"] or user.mfa unless has(also) }', true),
      url(
        "read",
        'allow g on web.get { when url.host in ["a.com"] or (url.host == "c.com" and user.mfa) unless has(also) }',
      ),
    ),
    bare(
      url("read", 'allow g on web.get { unless has(also) or url.host in ["a.com"] }', true),
      url("read", 'allow g on web.get { unless has(also) }\nforbid h on web.get { when url.host not in ["a.com"] }'),
    ),
    bare(
      'tool web.all (⟦urls⟧: [Url]) { effect read  risk low }\nallow g on web.all { when some urls.host in ["a.com"] }',
      'tool web.all (urls: [Url]) { effect read  risk low }\nallow g on web.all { when every urls.host in ["a.com"] }',
    ),
    bare(
      "tool ping (⟦host⟧: Host) { effect read  risk low }\nallow g on ping { when user.mfa }",
      'tool ping (host: Host) { effect read  risk low }\nallow g on ping { when host in ["a.com"] }',
    ),
  ],
  E304: [
    bare(`${SEND}allow ⟦send⟧ on mail.out { when every to.domain in ["a.com"] }`, `${SEND}${ALLOW}`),
    bare(
      `${SEND}allow ⟦send⟧ on mail.out { unless has(cc) }`,
      `${SEND}allow send on mail.out { when every sinks in session.participants }`,
    ),
    bare(
      `${SEND}allow ⟦send⟧ on mail.out { when every to.domain in ["a.com"] }`,
      `${SEND}allow send on mail.out { when every to.domain in ["a.com"] }\nforbid f on mail.out { when has(cc) }`,
    ),
    bare(
      `${SEND}role r { user.mfa }\nask ⟦send⟧ on mail.out { from r show to }`,
      `${SEND}role r { user.mfa }\nask send on mail.out { from r show to, cc }`,
    ),
    bare(`${FREE}allow ⟦x⟧ on a { when to == "x" }`, `${FREE}allow x on a { when to == "x" drop bcc }`),
    bare(
      `${FREE}allow ⟦x⟧ on write { unless has(bcc) }`,
      `${FREE}allow x on write { unless has(bcc) limit 3 calls per hour by to }`,
    ),
  ],
  E305: [
    bare(`${GET}${WEB}${MARKED}${ALLOW}`, `${GET}${WEB}${SEND}${ALLOW}${REFUSE}`),
    bare(
      `${GET}${WEB}${MARKED}${ALLOW}flow pii -> write forbid\ntool w () { effect write  risk low }\nallow v on w { }`,
      `${GET}${WEB}${SEND}role r { user.mfa }\nask send on mail.out { from r show args }\n${REFUSE}`,
    ),
    // A result that says nothing of who wrote it is an outsider's.
    bare(
      `${GET}tool any () -> Text { effect read  risk low }\nallow page on any { }\n${MARKED}${ALLOW}`,
      `${GET}${SEND}${ALLOW}${REFUSE}`,
    ),
  ],
  E306: [
    bare(
      "type T { id: Id trusted, note: Text ⟦trusted⟧ }",
      'type T { id: Id trusted, note: Text matches "[a-z]{1,9}" trusted }',
    ),
    bare("type T { tags: [Line] ⟦trusted⟧, pii }", 'type T { tags: [Line] like "a-*" trusted, pii }'),
    bare(
      "tool q () -> { a: { b: Line ⟦trusted⟧ } } { risk low }",
      "tool q () -> { a: { b: Line claimed } } { risk low }",
    ),
  ],
  E405: [
    bare(
      `tool ⟦out⟧ (to: Id) { effect egress  risk high  sink to }\n${OUT}`,
      `tool out (to: Id) { effect egress  risk high  sink to  network ["a.com"] }\n${OUT}`,
    ),
    bare(
      `tool ⟦out⟧ (to: Id) { effect egress  risk medium  sink to }\n${OUT}`,
      `tool out (to: Id) { effect egress  risk low  sink to }\n${OUT}`,
    ),
    bare(
      `tool ⟦out⟧ (to: Id) { effect egress  risk high  sink to }\n${OUT}`,
      "tool out (to: Id) { effect egress  risk high  sink to }",
    ),
  ],
  E406: [
    {
      shows: 'policy t\ntier ⟦low⟧ { isolate process read ["**/*.ts"] }',
      clean: 'policy t\ntier low { isolate process read ["/work/**", "/etc/hosts"] }',
    },
    {
      shows: 'policy t\ntier ⟦low⟧ { isolate process write ["/tmp/*"] }',
      clean: 'policy t\ntier low { isolate process write ["/tmp/**"] }',
    },
    {
      shows: 'policy t\ntier ⟦low⟧ { isolate process write ["/**"] }',
      clean: 'policy t\ntier low { isolate process write ["/tmp"] }',
    },
  ],
  W205: [
    after("forbid x on pay.send { when user.mfa and ⟦1 < 2⟧ }", "forbid x on pay.send { when user.mfa }"),
    after(
      'forbid x on pay.send { when user.mfa when ⟦level != "low" or level != "high"⟧ }',
      'forbid x on pay.send { when user.mfa when level != "low" or user.mfa }',
    ),
    after(
      "forbid x on pay.send { when user.mfa unless ⟦1 == 2⟧ }".replace("unless ⟦1 == 2⟧", "⟦unless 1 == 2⟧"),
      "forbid x on pay.send { when user.mfa unless amount > 3 USD }",
    ),
  ],
  W207: [
    after(
      "forbid x on pay.send { when amount > 5 USD }\nforbid ⟦y⟧ on pay.send { when amount > 50 USD }",
      "forbid x on pay.send { when amount > 50 USD }\nforbid y on pay.send { when amount > 5 USD and user.mfa }",
    ),
    after(
      "allow ⟦x⟧ on fs.read { for support when user.mfa }",
      "allow x on fs.read { for support when user.mfa limit 3 calls per hour }",
    ),
    after(
      "forbid x on fs.* { when user.mfa }\nforbid ⟦y⟧ on fs.list { when user.mfa }",
      "@shadow\nforbid x on fs.* { when user.mfa }\nforbid y on fs.list { when user.mfa }",
    ),
    after(
      "forbid x on fs.read { when user.mfa }\nforbid ⟦y⟧ on fs.read { when user.mfa }",
      "forbid x on fs.read { when user.mfa }\nforbid y on fs.list { when user.mfa }",
    ),
  ],
  W208: [
    after(
      'forbid x on mail.send { when some to.domain == "a.com" }\nallow ⟦y⟧ on mail.send { when has(bcc) and some to.domain == "a.com" }',
      'forbid x on mail.send { when some to.domain == "b.com" }\nallow y on mail.send { when has(bcc) and some to.domain == "a.com" }',
    ),
    after(
      "role r { user.mfa }\nallow ⟦y⟧ on fs.* { for r when user.mfa }\nforbid x on fs.read { when user.mfa }\nforbid z on fs.list { when user.mfa }",
      "role r { user.mfa }\nallow y on fs.* { for r when user.mfa }\nforbid x on fs.read { when user.mfa }",
    ),
  ],
  W301: [
    bare(
      "tool ⟦q⟧ () -> Text { effect read  risk low }",
      "tool q () -> Text { effect read  risk low  labels untrusted }",
    ),
    bare(
      "type T { a: Id trusted, b: Id }\ntool ⟦q⟧ () -> [T] { effect exec  risk medium }",
      "type T { a: Id trusted, b: Id by a }\ntool q () -> [T] { effect exec  risk medium }",
    ),
    bare("tool ⟦q⟧ () -> Text { effect read  risk low  labels pii }", "tool q () { effect read  risk low }"),
  ],
  W302: [
    bare(
      "tool ⟦q⟧ () -> Line { effect read  risk low  labels trusted }",
      "tool q () -> Id { effect read  risk low  labels trusted }",
    ),
    bare(
      "tool ⟦q⟧ () -> { a: Text } { effect read  risk low  labels trusted }",
      "tool q () -> { a: Text untrusted } { effect read  risk low  labels trusted }",
    ),
  ],
  W401: [
    after(
      "fact ⟦f⟧(a: Id) -> Int { timeout 1s  on error 0 }\nforbid x on pay { when f(user.id) > 80 }",
      "fact f(a: Id) -> Int { timeout 1s  on error 100 }\nforbid x on pay { when f(user.id) > 80 }",
    ),
    after(
      "fact ⟦ok⟧(a: Id) -> Bool { timeout 1s  on error true }\nforbid x on pay { unless ok(user.id) }",
      "fact ok(a: Id) -> Bool { timeout 1s  on error false }\nforbid x on pay { unless ok(user.id) }",
    ),
  ],
};
