/** A policy that uses most of what this version enforces, and the file it takes roles from. */
export const PEOPLE = `policy acme.people @ 1
use std.identity
role support { user.groups has "support" }
role manager { user.groups has "managers" and user.mfa }
`;

export const SUPPORT = `## A support agent.
policy acme.support @ 3
use std.identity
use std.labels
use std.tiers
use "./people.policy" { support, manager }

let ours = ["acme.com", "*.acme.com"]
type Customer { id: Id, name: Line, email: Email, note?: Text, phones: [Line] }

## Looks a customer up.
tool crm.lookup (id: Id) -> Customer { effect read  risk low  labels untrusted, pii, confidential }
tool web.fetch (url: Url) -> Text { effect read  risk medium  labels untrusted }
tool payments.refund (customer: Id, amount: Money, note: Line<200>) -> Id { effect pay  risk low  steer customer, amount }
tool "mcp__mail-send" as email.send (to: [Email], subject: Line, body: Text, bcc?: [Email]) -> Id {
  effect egress
  risk   low
  sink   to, bcc
}
tool crm.update (customers: [Customer], priority: "low" | "high", due: Time, score: Decimal) { effect write  risk low }

allow lookup on crm.lookup { for support  limit 60 calls per minute by session }
allow browse on web.fetch { for support  when url.scheme == "https" and url.host in ours }
allow small_refund on payments.refund { for support  when amount <= 50 USD }
ask big_refund on payments.refund {
  for      support
  when     amount > 50 USD and amount <= 2000 USD
  from     manager except requester
  quorum   1
  show     customer, amount, note
  expires  15m
  because  "Refunds above 50 USD need a manager"
  tell     "A manager has been asked."
}
allow reply_by_mail on email.send {
  for     support
  when    every to in session.participants and every to.domain in ours
  unless  has(bcc)
  limit   20 calls per hour by user
}
allow update on crm.update {
  for   support, manager
  when  every customers.email.domain in ours and not some customers.phones matches "0+"
  when  priority in ["low"] and due > now + 1h and score in 0.5 .. 10
  when  every c in customers: (c.name != "" and size(c.phones) < 5)
  isolate high
}
flow pii | confidential -> egress forbid { unless every to in session.participants }
forbid private_network on * { when some arg of Url has private_host  because "No private ranges" }
forbid secrets on crm.*, egress | pay { when now < 2026-01-05T10:00:00Z and not (user.mfa or agent.id == "x") }

test "support answers a customer" {
  as    support with session.participants = ["ann@acme.com"], user.mfa = true
  at    2026-02-05T10:00:00Z
  call  crm.lookup(id: "c9") => allow by lookup returns { id: "c9", name: "Ann", email: "ann@acme.com", phones: [] }
  wait  1h
  call  payments.refund(customer: "c9", amount: 120.50 USD, note: "late") => ask by big_refund from manager
  call  email.send(to: ["nope"], subject: "hi", body: "ok") => forbid by input
  call  crm.update(customers: [], priority: "low", due: 2026-03-01T00:00:00Z, score: 0.5) => allow isolated container
}
`;

export const FILES = { "people.policy": PEOPLE };
