import type { IntentRecord, OutcomeRecord } from "@writ/runtime";

const DIGEST = `sha256:${"a1".repeat(32)}`;

/** The two records of call `n`, of the size that a guard makes them: 0.6 and 0.4 kB as stored. */
export function recordsOf(n: number): readonly [IntentRecord, OutcomeRecord] {
  const call = `c_${n}`;
  return [
    {
      type: "intent",
      at: 1_700_000_000_000 + n,
      session: "s_5f2c1a9be07d4e11",
      call,
      callId: `call_${n}`,
      tool: "payments.refund",
      args: { digest: DIGEST, masked: { amount: "20.00 USD", customer: "c9" } },
      effect: "allow",
      reasons: [{ by: "refunds", kind: "rule", truth: "true", at: "support.policy:12:3" }],
      policy: DIGEST,
      isolation: { tier: "inline", backend: "inline", proven: [] },
    },
    {
      type: "outcome",
      at: 1_700_000_000_020 + n,
      session: "s_5f2c1a9be07d4e11",
      call,
      tool: "payments.refund",
      status: "done",
      ms: 12.5,
      result: { digest: DIGEST },
    },
  ];
}
