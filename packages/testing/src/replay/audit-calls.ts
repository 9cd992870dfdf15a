import { digest, type Identity, type Json } from "@writ/ir";
import { AuditError } from "@writ/runtime";
import { readAudit, unsealArguments, type AuditEntry } from "@writ/runtime/node";
import type { Decided } from "./differences.js";
import { DECIDING } from "./judge-call.js";

/** Why a call of a log is not replayed. */
export type NotReplayed =
  /** Its arguments are masked, and not sealed, or no key was given. */
  | "masked"
  /** They are sealed to another key. */
  | "sealed_to_another_key"
  /** It was refused before its arguments were read, and the log holds none. */
  | "unread"
  /** It was asked for by a program in a sandbox, within another call. */
  | "nested"
  /** The final answer, of which the log holds no word. */
  | "reply"
  /** No rule refused it, but the guard's machinery: the kill switch, the breaker, an approval, a missing tier. */
  | "machinery"
  /** Retention deleted its session's record, or the policy knows nobody like its session's. */
  | "nobody"
  /** Retention deleted the record. */
  | "deleted";

/** A step of a log, as a replay takes it. */
export type AuditStep =
  | {
      readonly kind: "session";
      readonly session: string;
      readonly identity: Identity;
      readonly parent: string | undefined;
    }
  | {
      readonly kind: "call";
      /** Number of its record. */
      readonly seq: number;
      readonly session: string;
      readonly at: number;
      /** The policy's name of the tool. */
      readonly tool: string;
      readonly args: Json;
      readonly decision: Decided;
      /** Digest of the policy that decided it. */
      readonly policy: string;
      /** Of a call that was asked about: whether somebody agreed. */
      readonly agreed: boolean;
      /** `nothing`: it gave nothing. `unknown`: what it gave is not in the log. */
      readonly gave: "nothing" | "unknown" | "error";
    }
  | { readonly kind: "not_replayed"; readonly seq: number; readonly why: NotReplayed };

/** What is known of how calls went on, from a first reading of the whole log. */
interface Later {
  /** By approval: the call that used it. */
  readonly used: ReadonlyMap<string, string>;
  readonly failed: ReadonlySet<string>;
  readonly empty: ReadonlySet<string>;
  /** Approvals whose asking is in the log. */
  readonly asked: ReadonlySet<string>;
}

/** Opens sealed arguments: the log's name, the first part of `log.pub`, and a private key as PEM. */
export interface SealOpener {
  readonly origin: string;
  readonly privateKey: string;
}

const NOTHING = digest(null);

/**
 * The calls of an audit log in the order of their records, with what the log holds of them, and why where it holds too
 * little. The log is read twice; memory grows with the calls that were asked about, failed or gave nothing. Throws an
 * `AuditError` where the log cannot be read, or a record is not as it was written.
 */
export async function* auditCalls(folder: string, key?: SealOpener): AsyncGenerator<AuditStep, void> {
  const later = await readLater(folder);
  for await (const entry of readAudit(folder)) {
    const step = stepIn(entry, later, key);
    if (step !== undefined) yield step;
  }
}

async function readLater(folder: string): Promise<Later> {
  const used = new Map<string, string>();
  const asked = new Set<string>();
  const failed = new Set<string>();
  const empty = new Set<string>();
  for await (const { record } of readAudit(folder)) {
    if (record?.type === "intent" && record.approval !== undefined) {
      if (record.effect === "ask") asked.add(record.approval);
      else if (record.effect === "allow") used.set(record.approval, record.call);
    }
    if (record?.type !== "outcome") continue;
    if (record.status !== "done") failed.add(record.call);
    else if (record.result?.digest === NOTHING) empty.add(record.call);
  }
  return { used, failed, empty, asked };
}

/** A log that somebody wrote by hand may hold anything: what is not as a guard writes it ends the replay with its place. */
function stepIn(entry: AuditEntry, later: Later, key: SealOpener | undefined): AuditStep | undefined {
  try {
    return stepOf(entry, later, key);
  } catch (error) {
    if (error instanceof AuditError) throw error;
    throw new AuditError("audit_corrupt", `Record ${entry.seq} is not as a guard writes it.`, { cause: error });
  }
}

function stepOf(entry: AuditEntry, later: Later, key: SealOpener | undefined): AuditStep | undefined {
  const { record, seq } = entry;
  const not = (why: NotReplayed): AuditStep => ({ kind: "not_replayed", seq, why });
  if (record === undefined) return not("deleted");
  if (record.type === "session") {
    const { user, agent, session } = record.identity;
    for (const claims of [user, agent, session]) requireObject(claims);
    return { kind: "session", session: record.session, identity: { user, agent, session }, parent: record.parent };
  }
  if (record.type !== "intent") return undefined;
  const { tool, effect, reasons, approval, session, call, at } = record;
  // The call that a person agreed to is the one that was asked about, made again.
  if (effect === "allow" && approval !== undefined && later.asked.has(approval)) return undefined;
  if (record.within !== undefined) return not("nested");
  if (tool === "reply") return not("reply");
  const asked = effect === "ask" || approval !== undefined;
  const decidedAs = asked && effect === "allow" ? "ask" : effect;
  // A tier that a machine lacked then is no rule's doing.
  const decides = (kind: string): boolean => DECIDING[decidedAs].has(kind) && (kind !== "tier" || decidedAs === "ask");
  const by = [...new Set(reasons.flatMap(({ by: rule, kind }) => (decides(kind) ? [rule] : [])))];
  if (effect === "forbid" && by.length === 0) return not("machinery");
  const args = argumentsOf(entry, key);
  if (!args.ok) return not(args.why);
  const made = effect === "ask" ? later.used.get(approval ?? "") : call;
  return {
    kind: "call",
    seq,
    session,
    at,
    tool,
    args: args.value,
    decision: { effect: decidedAs, by },
    policy: record.policy,
    agreed: made !== undefined,
    gave: later.failed.has(made ?? "") ? "error" : later.empty.has(made ?? "") ? "nothing" : "unknown",
  };
}

function requireObject(value: unknown): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new TypeError("no claims");
}

type Arguments = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly why: NotReplayed };

function argumentsOf(entry: AuditEntry, key: SealOpener | undefined): Arguments {
  const { record } = entry;
  if (record?.type !== "intent") return { ok: false, why: "unread" };
  const { masked, digest: of } = record.args;
  // What is not masked is whole: the digest says so.
  if (digest(masked) === of && masked !== null) return { ok: true, value: masked };
  if (of === NOTHING) return { ok: false, why: "unread" };
  if (key === undefined) return { ok: false, why: "masked" };
  try {
    const value = unsealArguments(entry, key.origin, key.privateKey);
    return value === undefined ? { ok: false, why: "masked" } : { ok: true, value };
  } catch (error) {
    if (error instanceof AuditError && error.code === "audit_key") return { ok: false, why: "sealed_to_another_key" };
    throw error;
  }
}
