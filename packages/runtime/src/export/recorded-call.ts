import type { IntentRecord, OutcomeRecord, PolicyRecord, SessionRecord, StoredRecord } from "../audit/record.js";

/** A line of a log as a reader gives it; `record` is undefined where retention deleted it. */
export interface Entry {
  readonly seq: number;
  /** RFC 6962 leaf hash, 64 lower-case hexadecimal digits. */
  readonly hash: string;
  readonly record: StoredRecord | undefined;
}

/** A call as the log tells of it: what was decided, and how it ended. */
export interface RecordedCall {
  /** Number and leaf hash of the record of its decision. */
  readonly seq: number;
  readonly hash: string;
  readonly intent: IntentRecord;
  /** Undefined where the call did not run, runs still, or was cut off by a crash. */
  readonly outcome: OutcomeRecord | undefined;
  readonly identity: SessionRecord["identity"] | undefined;
  readonly policy: PolicyRecord["policy"] | undefined;
}

/** So many calls are waited for, and so many sessions and policies remembered; older ones are told without. */
const MAX_OPEN = 100_000;
const MAX_REMEMBERED = 100_000;

/**
 * The calls of a log, each once: refused and asked ones where they stand, those that ran where they ended, and at the end those
 * of which no end is on record. Memory is bounded by the calls in flight.
 */
export async function* recordedCalls(entries: AsyncIterable<Entry>): AsyncGenerator<RecordedCall, void> {
  const open = new Map<string, RecordedCall>();
  const identities = new Map<string, SessionRecord["identity"]>();
  const policies = new Map<string, PolicyRecord["policy"]>();
  for await (const { seq, hash, record } of entries) {
    if (record?.type === "session") keep(identities, record.session, record.identity);
    if (record?.type === "policy") keep(policies, record.policy.digest, record.policy);
    if (record?.type === "intent") {
      const call: RecordedCall = {
        seq,
        hash,
        intent: record,
        outcome: undefined,
        identity: identities.get(record.session),
        policy: policies.get(record.policy),
      };
      if (record.effect !== "allow") {
        yield call;
        continue;
      }
      // A call that paused is begun again under the same id.
      const before = open.get(record.call) ?? (open.size >= MAX_OPEN ? open.values().next().value : undefined);
      if (before !== undefined) {
        open.delete(before.intent.call);
        yield before;
      }
      open.set(record.call, call);
    }
    if (record?.type === "outcome") {
      const call = open.get(record.call);
      if (call === undefined) continue; // its intent was deleted by retention
      open.delete(record.call);
      yield { ...call, outcome: record };
    }
  }
  yield* open.values();
}

function keep<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.size > MAX_REMEMBERED ? map.keys().next().value : undefined;
  if (oldest !== undefined) map.delete(oldest);
}

/** How a call came out, in a word: `refused`, `asked`, that of its outcome, or `unknown`. */
export function resultOf({ intent, outcome }: RecordedCall): string {
  if (intent.effect === "forbid") return "refused";
  if (intent.effect === "ask") return "asked";
  return outcome?.status ?? "unknown";
}

/** A claim as text; undefined where it is none. */
export function claim(identity: SessionRecord["identity"] | undefined, of: "user" | "agent"): string | undefined {
  const id = identity?.[of]["id"];
  return typeof id === "string" ? id : undefined;
}
