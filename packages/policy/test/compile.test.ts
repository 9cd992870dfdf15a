import { decodeBundle } from "@writ/ir/decode";
import { expect, it } from "vitest";
import { compile, memoryHost, renderDiagnostics } from "../src/index.js";

const POLICY = `
## A support agent.
policy acme.support @ 3
use std.identity
use std.labels
use std.tiers
use "./people.policy" { support, manager }

let ours = ["acme.com", "*.acme.com"]
type Customer { id: Id, name: Line, email: Email }

## Looks up.
tool crm.lookup (id: Id) -> Customer { effect read  risk low  labels untrusted, pii, confidential }
tool web.fetch (url: Url) -> Text { effect read risk medium labels untrusted }
tool payments.refund (customer: Id, amount: Money, note: Line<200>) -> Id { effect pay risk low steer customer, amount }
tool email.send (to: [Email], subject: Line, body: Text, bcc?: [Email]) -> Id { effect egress risk low sink to, bcc }

allow lookup on crm.lookup { for support limit 60 calls per minute by session }
allow browse on web.fetch { for support when url.scheme == "https" and url.host in ours }
allow small on payments.refund { for support when amount <= 50 USD }
ask big on payments.refund {
  for support
  when amount > 50 USD and amount <= 2000 USD
  from manager except requester
  show customer, amount
  because "Refunds above 50 USD need a manager"
}
allow reply on email.send {
  for support
  when every to in session.participants and every to.domain in ours
  unless has(bcc)
  limit 20 calls per hour by user
}
flow pii | confidential -> egress forbid { unless every to in session.participants }
forbid private on * { when some arg of Url has private_host }

test "a" {
  as support with session.participants = ["ann@acme.com"]
  at 2026-01-05T10:00:00Z
  call crm.lookup(id: "c9") => allow by lookup returns { id: "c9", name: "Ann", email: "ann@acme.com" }
  wait 1h
  call payments.refund(customer: "c9", amount: 120.5 USD, note: "x") => ask by big from manager
  call email.send(to: ["nope"], subject: "a", body: "b") => forbid by input
}
`;
const PEOPLE = `policy acme.people @ 1
use std.identity
role support { user.groups has "support" }
role manager { user.groups has "managers" and user.mfa }
`;

it("compiles a policy end to end", async () => {
  const result = await compile("main.policy", memoryHost({ "main.policy": POLICY, "people.policy": PEOPLE }));
  expect(renderDiagnostics(result.diagnostics, result.sources)).toBe("");
  expect(decodeBundle(result.bundle).ok).toBe(true);
  expect(result.bundle?.rules.map((rule) => rule.id)).toEqual([
    "lookup",
    "browse",
    "small",
    "big",
    "reply",
    "pii_or_confidential_to_egress",
    "private",
  ]);
});
