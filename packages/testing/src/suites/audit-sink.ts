import { digest, sha256Hex } from "@writ/ir";
import type { AuditSink, IntentRecord, OutcomeRecord, RecordBody } from "@writ/runtime";
import { requireRejection, requireSame, requireThat, type Case, type Place } from "./case.js";

const DIGEST = `sha256:${sha256Hex("suite")}`;

function intent(call: string, more: Partial<IntentRecord> = {}): IntentRecord {
  return {
    type: "intent",
    at: 1_700_000_000_000,
    session: "s_suite",
    call,
    tool: "mail.send",
    args: { digest: DIGEST, masked: { to: "a@example.com" } },
    effect: "allow",
    reasons: [{ by: "rule", kind: "rule", truth: "true" }],
    policy: DIGEST,
    ...more,
  };
}

function outcome(call: string): OutcomeRecord {
  return { type: "outcome", at: 1_700_000_000_001, session: "s_suite", call, tool: "mail.send", status: "done", ms: 1 };
}

const KINDS: readonly RecordBody[] = [
  { type: "policy", at: 0, policy: { name: "p", digest: DIGEST }, mode: "enforce", writ: "0.1.0" },
  { type: "session", at: 0, session: "s_suite", identity: { user: { id: "u" }, agent: {}, session: {} } },
  intent("c_kinds"),
  outcome("c_kinds"),
  { type: "approval", at: 0, session: "s_suite", call: "c_kinds", approval: "a", state: "requested", binding: DIGEST },
  { type: "incident", at: 0, code: "suite", message: "" },
];

/**
 * What every {@link AuditSink} must do. `make` gives an empty log each time; run each case with any test runner.
 */
export function auditSinkCases(make: () => Promise<Place<AuditSink>>): readonly Case[] {
  const withSink = (name: string, body: (sink: AuditSink, place: Place<AuditSink>) => Promise<void>): Case => ({
    name,
    run: async () => {
      const place = await make();
      const sink = await place.open();
      try {
        await body(sink, place);
      } finally {
        await sink.close();
      }
    },
  });

  return [
    withSink("says where it is and how long it lasts", async (sink, place) => {
      requireThat(sink.location !== "", "location is empty");
      requireSame(sink.durability, place.persistent ? "file" : "memory", "durability");
      requireSame(sink.doubtful, [], "doubtful calls of an empty log");
    }),
    withSink("takes every kind of record and numbers them without gaps", async (sink) => {
      const first = await sink.append({ type: "incident", at: 0, code: "first", message: "" }, { durable: false });
      for (const [i, body] of KINDS.entries()) {
        const { seq, hash } = await sink.append(body, { durable: i % 2 === 0 });
        requireSame(seq, first.seq + 1 + i, `seq of ${body.type}`);
        requireThat(/^[0-9a-f]{64}$/.test(hash), `hash of ${body.type} is not 64 hexadecimal digits`);
      }
    }),
    withSink("keeps the order of appends that were made at once", async (sink) => {
      const appended = await Promise.all(
        Array.from({ length: 200 }, (_, i) => sink.append(intent(`c_${i}`), { durable: i % 3 === 0 })),
      );
      const [first] = appended;
      for (const [i, { seq }] of appended.entries()) requireSame(seq, (first?.seq ?? 0) + i, `seq of append ${i}`);
      requireSame(new Set(appended.map(({ hash }) => hash)).size, 200, "different hashes");
    }),
    withSink("refuses what is not a record, by rejecting, and goes on", async (sink) => {
      const bad: unknown[] = [
        { ...outcome("c"), ms: Number.NaN },
        { ...outcome("c"), note: 1 },
        { ...intent("c"), args: { digest: DIGEST, masked: "x".repeat(300_000) } },
      ];
      for (const body of bad)
        if (isHandedOver(body)) await requireRejection(sink.append(body, { durable: true }), "a record that is none");
      await sink.append(outcome("c"), { durable: true });
    }),
    withSink("takes the arguments of a call beside its record, whether it keeps them or not", async (sink) => {
      const args = { body: "words", to: "a@example.com" };
      const masked = { body: "<Text, 7 characters>", to: "a@example.com" };
      const record = intent("c_args", { args: { digest: digest(args), masked } });
      await sink.append(record, { durable: true, args });
      if (sink.sealing !== true) return;
      const other = { body: "other words", to: "a@example.com" };
      await requireRejection(
        sink.append(record, { durable: true, args: other }),
        "arguments that are not the record's",
      );
    }),
    withSink("copies what it takes", async (sink) => {
      const masked = { to: "a@example.com" };
      const one = sink.append(intent("c_1", { args: { digest: DIGEST, masked } }), { durable: true });
      masked.to = "stranger@example.net";
      await one;
    }),
    {
      name: "refuses after close, and closes twice",
      run: async () => {
        const sink = await (await make()).open();
        await sink.append(outcome("c"), { durable: false });
        await sink.close();
        await sink.close();
        await requireRejection(sink.append(outcome("c"), { durable: true }), "an append after close");
      },
    },
    {
      name: "close waits for what was appended",
      run: async () => {
        const sink = await (await make()).open();
        const open = Array.from({ length: 50 }, (_, i) => sink.append(outcome(`c_${i}`), { durable: true }));
        const closed = sink.close();
        requireSame(
          (await Promise.allSettled(open)).map(({ status }) => status),
          open.map(() => "fulfilled"),
          "appends before close",
        );
        await closed;
      },
    },
    {
      name: "goes on after re-opening, and names the calls that have no outcome",
      run: async () => {
        const place = await make();
        if (!place.persistent) return;
        const sink = await place.open();
        for (const body of [
          intent("c_done"),
          intent("c_open"),
          outcome("c_done"),
          intent("c_refused", { effect: "forbid" }),
        ])
          await sink.append(body, { durable: true });
        const { seq } = await sink.append(outcome("c_other"), { durable: true });
        await sink.close();
        const again = await place.open();
        try {
          requireSame(
            again.doubtful.map(({ call, tool, session }) => ({ call, tool, session })),
            [{ call: "c_open", tool: "mail.send", session: "s_suite" }],
            "doubtful calls",
          );
          requireSame((await again.append(outcome("c_open"), { durable: true })).seq, seq + 1, "seq after re-opening");
        } finally {
          await again.close();
        }
      },
    },
    {
      name: "refuses to be opened twice",
      run: async () => {
        const place = await make();
        if (!place.persistent) return;
        const sink = await place.open();
        try {
          await requireRejection(place.open(), "a second opening");
        } finally {
          await sink.close();
        }
      },
    },
  ];
}

/** A host in JavaScript may hand over anything, and its compiler says nothing: neither does this. */
function isHandedOver(_body: unknown): _body is RecordBody {
  return true;
}
