/** Policies as the formatter prints them, every kind of declaration among them. */
export const LAID_OUT: readonly (readonly [string, string])[] = [
  [
    "declarations",
    `## What it is for.
policy acme.shop @ 3 extends acme.base final
use std.identity
use std.labels
use "./people.policy" { support, manager }
use "@acme/policies/baseline.policy" as base

taint value

label confidentiality { public < internal < secret }
label category        { pii, credentials }

identity user    { id: Id, groups: [Text], mfa: Bool }
identity session { id: Id }

type Order {
  id:     Ref<"order">                 trusted  # ours
  buyer:  Email                        claimed
  shelf:  Line matches "[a-z-]{1,40}"  trusted  # a shape
  lines:  [{ sku: Id, count: Int }]
  note?:  Text<500> by id              untrusted
}

param work: Path
let ours = ["acme.com", "*.acme.com"]

role clerk { user.groups has "clerks" }
role boss  { user.groups has "bosses" and user.mfa }

fact risk_score(user: Id) -> Int { timeout 50ms  on error 100 }

tier low      { isolate inline                   time 5s   }
tier medium   { isolate process                  time 10s  memory 128MB }
tier high     { isolate container  network none  time 2m   memory 1GB  processes 64 }
tier critical { isolate gvisor     network none  time 2m   memory 1GB  processes 64 }

intent pay { "pay", "refund", "send money" }
`,
  ],
  [
    "tools",
    `policy acme.tools

tool files.read (path: Path) -> Text {
  effect  read
  risk    low
  labels  untrusted
  labels  by path { "**/.env*": secret, "**/hr/**": pii }
}

tool "mcp__mail__send-one" as mail.send (to: [Email], body: Text, level?: "low" | "high") -> { id: Id, at: Time } {
  effect   egress
  network  ["mail.acme.com"]
  sink     to
  pin      "sha256:0"
  undo     mail.recall(id: result.id)
}

tool note.read (id: Id) { effect read  risk low }

endorse named_file on files.read { when path in said }
endorse named_mail on mail.send  { when some to in said or some to.domain in said }
`,
  ],
  [
    "rules",
    `policy acme.rules

@owasp("ASI02") @soc2("CC6.6")
forbid private_network on * {
  when     some arg of Url has private_host
  because  "No private ranges"
}

allow cancel on payments.cancel {
  for  support
}

ask big on payments.refund, payments.* {
  for       support
  when      amount > 50 USD and amount <= 2000 USD
  unless    has(bcc)
  from      manager, owner except requester
  quorum    2
  show      customer, amount
  expires   30m
  remember  session on customer, amount
  limit     500 USD of amount per day by user, customer
  redact    body with cards, secrets
  clamp     sql.limit to 1 .. 1000
  set       body = "x"
  drop      note
  isolate   high
  tell      "A manager has been asked."
}

require tests_green on git.push {
  after  shell.run(cmd == "npm test" and result.exit == 0) ok within 1h unbroken by write, exec
}

quota spend on pay { limit 5000 USD of amount per day by user }
quota tools on *   { limit 500 calls per session  limit 20 distinct to per hour by user }

output page on web.fetch, reply {
  forbid    when text contains canary
  scan      result for injection else forbid
  redact    result with secrets
  truncate  result to 64KB
  label     result untrusted
}

flow secret | pii & credentials -> * forbid

flow claimed   -> pay ask { from manager  show source, first_seen  remember session on customer, amount }
flow untrusted -> pay | write forbid { unless asked pay and not (customer from untrusted) }

flow rise: untrusted -> exec raise critical
`,
  ],
  [
    "tests and proofs",
    `policy acme.tests

test "a push needs green tests" {
  as     coder with work = "/repo", user.mfa = true
  said   "push it"
  given  fact risk_score = 10
  given  label pii
  at     2026-01-05T10:00:00Z
  call   shell.run(cmd: "npm test")         => allow isolated container returns { exit: 0, out: "ok" }
  wait   1h
  call   git.push(remote: $1.out, ref: "")  => forbid by tests_green by other.rule
  call   pay.refund(amount: 120.50 USD)     => ask by big from manager with (amount: 100 USD)

  # an empty call
  call   note.list()                        => allow
}

prove no_ssrf  { never allow web.fetch when url.private_host }
prove no_exfil { never pii | credentials reach egress }
prove narrows  { acme.coder refines acme.baseline }
prove live     { some allow git.push }
`,
  ],
];
