import { compile, memoryHost } from "@writ/policy";
import type { PolicySource } from "@writ/runtime";

const POLICY = `policy adapter.suite @ 1
use std.identity
use std.tiers

role manager { user.groups has "managers" }
fact steady() -> Bool { timeout 200ms }

tool note_ask (x: Text) -> Text           { effect read    risk low }
tool note_add (x: Text) -> Text           { effect write   risk low }
tool note_flaky (x: Text) -> Text         { effect write   risk low }
tool note_slow (x: Text) -> Text          { effect write   risk low }
tool mail_send (to: Email) -> Text        { effect egress  risk low  sink to }
tool vault_read (x: Text) -> Text         { effect read    risk low }
tool page_read (x: Text) -> Text          { effect read    risk low }
tool scan_read (x: Text) -> Text          { effect read    risk low }
tool gate_open (x: Text) -> Text          { effect write   risk low }
tool boss_only (x: Text) -> Text          { effect write   risk low }
tool pay_send (to: Id, amount: Int) -> Text { effect pay   risk low }

allow notes on note_ask, note_add, note_flaky, note_slow, page_read, scan_read {}
allow mail on mail_send { when to.domain == "acme.example" }
allow vault on vault_read { when x == "the open shelf" }
allow gate on gate_open { when steady() }
allow boss on boss_only { for manager }
ask payments on pay_send {
  when    amount > 0
  from    manager
  expires 10m
  because "money leaves the house"
}
output no_addresses on page_read { redact result with email }
output scanned on scan_read { scan result for injection else forbid }
`;

let compiled: Promise<PolicySource> | undefined;

/** The policy of the suite, as a bundle. */
export async function suitePolicy(): Promise<PolicySource> {
  compiled ??= compileSuite();
  return compiled;
}

async function compileSuite(): Promise<PolicySource> {
  const { bundle, diagnostics } = await compile("suite.policy", memoryHost({ "suite.policy": POLICY }));
  if (bundle === undefined) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  return bundle;
}
