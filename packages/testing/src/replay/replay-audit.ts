import type { Bundle, Identity, Json } from "@writ/ir";
import { GuardError, type Explanation } from "@writ/runtime";
import { auditCalls, type AuditStep, type NotReplayed, type SealOpener } from "./audit-calls.js";
import type { Decided } from "./differences.js";
import type { JudgedCall, RecordedCall } from "./judge-call.js";
import { openStage, type Part, type Person, type Stage, type StageOptions } from "./stage.js";
import { certaintyOf, type Certainty } from "./unrecorded.js";

export interface AuditReplayOptions extends Pick<StageOptions, "approvers"> {
  /** Values of params; each policy takes those that it declares. */
  readonly params?: { readonly [name: string]: Json } | undefined;
  /** What each fact answers, whatever it is asked; the log does not hold it. */
  readonly facts?: { readonly [name: string]: Json } | undefined;
  /** Opens sealed arguments. */
  readonly key?: SealOpener | undefined;
}

/** A call of a log, decided anew under each of the policies. */
export interface ReplayedAuditCall {
  readonly kind: "call";
  /** Number of its record. */
  readonly seq: number;
  readonly session: string;
  readonly tool: string;
  /** As it is in the log. */
  readonly recorded: Decided;
  /** Digest of the policy that it was recorded under. */
  readonly under: string;
  readonly judged: readonly JudgedCall[];
  /** Of each: whether it hangs on nothing that the log does not hold. */
  readonly sure: readonly boolean[];
}

/** A call that is not replayed, and why. */
export interface SkippedAuditCall {
  readonly kind: "not_replayed";
  readonly seq: number;
  readonly why: NotReplayed;
}

/**
 * Takes the calls of an audit log through one guard for each policy, sessions beside each other as they were. The log holds
 * what was called with which arguments, by whom and how it ended; it holds no words and no results: what a call gave counts as
 * a text that nobody vouches for, with every label that its tool declares. Throws a `GuardError` for a policy that no guard
 * starts with, and an `AuditError` for a log that cannot be read.
 */
export async function* replayAudit(
  folder: string,
  policies: readonly Bundle[],
  options: AuditReplayOptions = {},
): AsyncGenerator<ReplayedAuditCall | SkippedAuditCall, void> {
  const walks = await openWalks(policies, options);
  try {
    for await (const step of auditCalls(folder, options.key)) {
      const taken = await take(walks, step);
      if (taken !== undefined) yield taken;
    }
  } finally {
    await closeAll(walks);
  }
}

/** Why the call of a record is decided as it is under a policy, after all before it; undefined where it is not replayed. */
export async function explainAuditCall(
  folder: string,
  policy: Bundle,
  seq: number,
  options: AuditReplayOptions = {},
): Promise<Explanation | undefined> {
  const walks = await openWalks([policy], options);
  try {
    for await (const step of auditCalls(folder, options.key)) {
      if (step.kind === "call" && step.seq === seq)
        return await walks[0]?.parts.get(step.session)?.explain(recordedCall(step));
      await take(walks, step);
    }
    return undefined;
  } finally {
    await closeAll(walks);
  }
}

/** A policy, and the sessions that were begun under it. */
interface Walk {
  readonly stage: Stage;
  readonly certainty: Certainty;
  readonly parts: Map<string, Part>;
}

async function openWalks(policies: readonly Bundle[], options: AuditReplayOptions): Promise<readonly Walk[]> {
  const { facts = {}, params = {}, approvers } = options;
  const walks: Walk[] = [];
  try {
    for (const bundle of policies)
      walks.push({
        stage: await openStage({
          approvers,
          bundle,
          params: Object.fromEntries(
            bundle.params.flatMap(({ name }) => (Object.hasOwn(params, name) ? [[name, params[name] ?? null]] : [])),
          ),
          forgetful: true,
          fact: (name) => (Object.hasOwn(facts, name) ? () => facts[name] ?? null : undefined),
        }),
        certainty: certaintyOf(bundle, new Set(Object.keys(facts))),
        parts: new Map(),
      });
    return walks;
  } catch (error) {
    await closeAll(walks);
    throw error;
  }
}

async function closeAll(walks: readonly Walk[]): Promise<void> {
  for (const { stage } of walks) await stage.close();
}

async function take(
  walks: readonly Walk[],
  step: AuditStep,
): Promise<ReplayedAuditCall | SkippedAuditCall | undefined> {
  switch (step.kind) {
    case "not_replayed":
      return step;
    case "session":
      for (const walk of walks) await begin(walk, step.session, step.identity, step.parent);
      return undefined;
    case "call": {
      const { seq, session, tool, decision: recorded, policy: under } = step;
      const parts = walks.flatMap(({ parts: known }) => known.get(session) ?? []);
      if (parts.length < walks.length) return { kind: "not_replayed", seq, why: "nobody" };
      const judged: JudgedCall[] = [];
      for (const part of parts) judged.push(await part.call(recordedCall(step)));
      const sure = judged.map((call, i) => walks[i]?.certainty.isSure(call) === true);
      return { kind: "call", seq, session, tool, recorded, under, judged, sure };
    }
    default:
      return undefined;
  }
}

/** A session that is taken up again is in the log again. */
async function begin(
  { stage, parts }: Walk,
  session: string,
  identity: Identity,
  parent: string | undefined,
): Promise<void> {
  if (parts.has(session)) return;
  const user = personOf(identity.user);
  const { id: _, ...claims } = identity.session;
  try {
    if (parent !== undefined) {
      const { chain: __, ...agent } = identity.agent;
      const delegate = personOf(agent);
      const above = parts.get(parent);
      if (delegate !== undefined && above !== undefined) parts.set(session, await above.delegate(delegate));
      return;
    }
    if (user !== undefined) parts.set(session, await stage.begin({ user, agent: identity.agent, claims }));
  } catch (error) {
    // Nobody whom this policy knows: its calls are said not to be replayed.
    if (!(error instanceof GuardError)) throw error;
  }
}

function personOf(claims: { readonly [name: string]: Json }): Person | undefined {
  const { id } = claims;
  return typeof id === "string" && id !== "" ? { ...claims, id } : undefined;
}

function recordedCall({ tool, args, at, agreed, gave }: Extract<AuditStep, { readonly kind: "call" }>): RecordedCall {
  return {
    tool,
    args,
    at,
    agreed,
    ...(gave === "error" ? { error: "the tool failed" } : {}),
    unknownResult: gave !== "nothing",
  };
}
