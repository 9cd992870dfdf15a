import type { IntentRecord, OutcomeRecord, PolicyRecord, RecordBody } from "../../src/audit/record.js";

/** Records for tests of the log: plain, valid, each a little different. */
export const DIGEST = `sha256:${"a1".repeat(32)}`;

export function policyRecord(at = 1_700_000_000_000): PolicyRecord {
  return {
    type: "policy",
    at,
    policy: { name: "support", version: "3", digest: DIGEST },
    mode: "enforce",
    writ: "0.1.0",
  };
}

export function intentRecord(n: number, more: Partial<IntentRecord> = {}): IntentRecord {
  return {
    type: "intent",
    at: 1_700_000_000_000 + n,
    session: "s_1",
    call: `c_${n}`,
    callId: `call_${n}`,
    tool: "payments.refund",
    args: { digest: DIGEST, masked: { customer: "c9", amount: "20.00 USD" } },
    effect: "allow",
    reasons: [{ by: "refunds", kind: "rule", truth: "true", at: "support.policy:12:3" }],
    policy: DIGEST,
    ...more,
  };
}

export function outcomeRecord(n: number, more: Partial<OutcomeRecord> = {}): OutcomeRecord {
  return {
    type: "outcome",
    at: 1_700_000_000_100 + n,
    session: "s_1",
    call: `c_${n}`,
    tool: "payments.refund",
    status: "done",
    ms: 12.5,
    result: { digest: DIGEST },
    ...more,
  };
}

/** One of each kind, with everything optional. */
export function oneOfEach(): RecordBody[] {
  return [
    policyRecord(),
    {
      type: "session",
      at: 1,
      session: "s_1",
      identity: { user: { id: "u1", roles: ["clerk"] }, agent: { name: "desk" }, session: {} },
      parent: "s_0",
    },
    intentRecord(1, {
      isolation: { tier: "inline", backend: "inline", proven: ["memory"] },
      approval: "a_1",
      message: 'ä \u2028 "quoted"',
    }),
    outcomeRecord(1, { error: "none", labels: ["untrusted"] }),
    {
      type: "approval",
      at: 2,
      session: "s_1",
      call: "c_1",
      approval: "a_1",
      state: "granted",
      binding: DIGEST,
      by: { id: "u2", roles: ["lead"] },
    },
    { type: "incident", at: 3, code: "hook_failed", message: "it threw", session: "s_1", tool: "mail.send" },
  ];
}
