import { compile, memoryHost } from "@writ/policy";
import type { PolicySource } from "@writ/runtime";

/** The policy of these tests: what an allow, an ask, a forbid and a rule about results do in the framework is tested here. */
const TEXT = `
policy test @ 1
use std.identity
use std.labels
use std.tiers

role manager { user.groups has "managers" }

tool note (x: Text) -> Id { effect write  risk low  labels trusted }
tool boom (x: Text) { effect write  risk low  labels trusted }
tool slow (x: Text) { effect write  risk low  labels trusted }
tool drip (x: Text) -> Text { effect read  risk low }
tool secret (x: Text) -> Text { effect read  risk low }
tool kept (x: Text) -> Text { effect read  risk low }
tool vault (x: Text) { effect read  risk low  labels trusted }
tool page (x: Text) -> Text { effect read  risk low  labels untrusted }
tool mail (to: Email) { effect egress  risk low  sink to }
tool transfer (to: Id, amount: Int) { effect pay  risk low }
tool "constructor" as odd.ctor (x: Text) { effect write  risk low }
tool "toString" as odd.text (x: Text) { effect write  risk low }

allow notes on note, boom, slow, drip, secret, kept, page, odd.ctor, odd.text {}

allow mails on mail { when to.domain in ["acme.com"] }

ask payments on transfer {
  from     manager
  expires  1m
  because  "money leaves"
}

forbid hidden_rule on vault {
  because "INTERNAL-REASON"
  tell "Use note instead."
}

flow untrusted -> egress forbid

output hygiene on secret, drip { redact result with secrets }
output withheld on kept { forbid when result contains injection }
`;

let compiled: Promise<PolicySource> | undefined;

export function policy(): Promise<PolicySource> {
  compiled ??= compile("test.policy", memoryHost({ "test.policy": TEXT })).then(({ bundle, diagnostics }) => {
    if (bundle === undefined) throw new Error(diagnostics.map(({ code, message }) => `${code} ${message}`).join("\n"));
    return bundle;
  });
  return compiled;
}
