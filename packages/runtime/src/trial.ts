import { copyJson, type Bundle, type Decision, type Identity, type Json } from "@writ/ir";
import { decodeBundle } from "@writ/ir/decode";
import { ApprovalDesk } from "./approvals/desk.js";
import { memoryAudit } from "./audit/memory-audit.js";
import type { CallContext } from "./call/context.js";
import type { Detector } from "./detect/detector.js";
import { Detectors } from "./detect/detectors.js";
import { filterResult } from "./duties/output.js";
import { GuardError } from "./errors.js";
import type { Verdict } from "./evaluate/decide.js";
import { readParams } from "./evaluate/params.js";
import { loadProgram, REPLY, type Program } from "./evaluate/program.js";
import { keepResult, keepWritten } from "./flow/keep-result.js";
import { asksForCare, raise, withReaders } from "./flow/labels.js";
import { textReader } from "./flow/text-reader.js";
import { labelResult, UNREADABLE, UNSAID } from "./flow/result-labels.js";
import { newMemory } from "./flow/session-memories.js";
import type { SessionMemory } from "./flow/session-memory.js";
import { Flights } from "./gate/flights.js";
import type { Inquiry } from "./call/inquiry.js";
import { prepare } from "./call/prepare.js";
import { NO_WALLS } from "./isolation/walls.js";
import { memoryStore } from "./state/memory-store.js";

/** A call of the session before the one that is decided. It is supposed: that it was allowed is not asked. */
export interface SupposedCall {
  readonly tool: string;
  readonly args: Json;
  /** When it was made and ended, in milliseconds since 1970. */
  readonly at: number;
  /** `running`: it was started and has not ended. */
  readonly outcome: "ok" | "failed" | "denied" | "running";
  readonly result?: Json | undefined;
}

/** What one decision may look at besides its request. What is left out is as in a fresh session. */
export interface Supposed {
  /** Exactly these roles are held; undefined: roles are tested on the claims, as in production. */
  readonly roles?: readonly string[] | undefined;
  /** Values of the policy's params; one that is not given is unknown. */
  readonly params?: { readonly [name: string]: Json } | undefined;
  /** What each fact answers, whatever it is asked; one that is not given fails, and takes its `on error`. */
  readonly facts?: { readonly [name: string]: Json } | undefined;
  /** What the user said, in order, before every call. */
  readonly said?: readonly string[] | undefined;
  /** Labels of things that were read before. */
  readonly labels?: readonly string[] | undefined;
  /** What each detector finds: any of these texts, wherever one stands. One that is not here is unavailable. */
  readonly detectors?: { readonly [name: string]: readonly string[] } | undefined;
  /** Oldest first. `$n` in an argument stands for the result of the n-th. */
  readonly calls?: readonly SupposedCall[] | undefined;
  /** What the tool returns, where the call may be made: then the rules about results act on it. */
  readonly returns?: Json | undefined;
}

/** One call at one instant, as raw as the model made it. */
export interface TrialRequest {
  readonly tool: string;
  readonly args: Json;
  readonly identity: Identity;
  readonly now: number;
}

/** The decision, and the canonical arguments as the tool would receive them; absent where the call does not normalise. */
export interface TrialVerdict {
  readonly decision: Decision;
  readonly args?: Json;
  /** What the rules about results left of what the tool returned, or of the agent's answer; absent where the call is refused. */
  readonly result?: { readonly kept: true; readonly content: Json } | { readonly kept: false; readonly by: string };
}

/** Decides single requests over what is supposed; nothing is kept from one to the next. */
export interface Trial {
  decide(request: TrialRequest, supposed?: Supposed): Promise<TrialVerdict>;
}

/**
 * The decision code of a guard over a situation that is described instead of lived through: for cases that any
 * evaluator must decide alike. It counts no limit, waits for nobody, and can run nothing. Throws a {@link GuardError}
 * for a bundle no guard takes.
 */
export async function createTrial(policy: Bundle): Promise<Trial> {
  const decoded = decodeBundle(policy);
  if (!decoded.ok) throw new GuardError("policy_invalid", `${decoded.fault.path}: ${decoded.fault.message}`);
  const program = await loadProgram(decoded.value, { trial: true });
  return { decide: (request, supposed = {}) => decideOnce(program, request, supposed) };
}

async function decideOnce(whole: Program, request: TrialRequest, supposed: Supposed): Promise<TrialVerdict> {
  const { values } = readParams(whole.bundle.params, supposed.params ?? {}, whole.types, true);
  const program: Program = { ...whole, params: values };
  const memory = newMemory(program, true);
  let clock = request.now;
  const context = contextOf(program, request, supposed, memory, () => clock);
  for (const text of supposed.said ?? []) memory.heard("user", text, program.lattice.lowest, true);
  const read = raise(program.lattice, program.lattice.lowest, supposed.labels ?? []);
  // Of what was read nothing is known but its labels: nobody may be told of what asks for care.
  memory.joins(asksForCare(program.lattice, read) ? withReaders(read, new Set()) : read);
  for (const [i, call] of (supposed.calls ?? []).entries()) {
    clock = call.at;
    await live(context, call, i + 1);
  }
  clock = request.now;
  const tool = request.tool === REPLY ? program.reply : program.tools.get(request.tool);
  const { verdict, inquiry } = await prepare(context, request, copyJson(request.args), tool);
  const result = await resultOf(program, memory, verdict, inquiry, supposed.returns);
  return {
    decision: verdict.decision,
    ...(verdict.args === undefined ? {} : { args: verdict.args }),
    ...(result === undefined ? {} : { result }),
  };
}

/** What is left of a result, or of the agent's own answer. */
async function resultOf(
  program: Program,
  memory: SessionMemory,
  { decision, tool, scope, values }: Verdict,
  inquiry: Inquiry,
  returns: Json | undefined,
): Promise<TrialVerdict["result"]> {
  if (decision.effect === "forbid" || tool === undefined || scope === undefined) return undefined;
  const answer = values?.get("text");
  const content = tool === program.reply && typeof answer === "string" ? answer : returns;
  if (content === undefined) return undefined;
  const value =
    tool === program.reply
      ? undefined
      : labelResult({ program, tool, scope, memory, reader: await textReader() }, content).value;
  const made = { program, tool, scope, value, error: false };
  let filtered = filterResult(made, content, inquiry);
  while (await inquiry.settle()) filtered = filterResult(made, content, inquiry);
  return filtered.kept ? { kept: true, content: filtered.content } : { kept: false, by: filtered.rule.id };
}

function contextOf(
  program: Program,
  { identity }: TrialRequest,
  supposed: Supposed,
  memory: SessionMemory,
  now: () => number,
): CallContext {
  const [audit, state, clock] = [memoryAudit(), memoryStore(), { now }];
  return {
    program,
    audit,
    state,
    clock,
    memory,
    identity,
    approvals: new ApprovalDesk({ program, audit, state, clock }),
    facts: new Map(Object.entries(supposed.facts ?? {}).map(([fact, answer]) => [fact, () => answer])),
    detectors: new Detectors(
      new Map(Object.entries(supposed.detectors ?? {}).map(([name, texts]) => [name, finds(name, texts)])),
    ),
    session: "trial",
    shared: "trial",
    handles: () => "",
    closed: () => false,
    flights: new Flights(),
    walls: NO_WALLS,
    rehearsal: { supposed: supposed.roles === undefined ? undefined : new Set(supposed.roles) },
  };
}

/** Takes a call that was made into the session's memory, whatever the policy says of it. */
async function live(context: CallContext, call: SupposedCall, n: number): Promise<void> {
  const { program, memory } = context;
  const { verdict } = await prepare(context, call, copyJson(call.args), program.tools.get(call.tool));
  const { tool, scope, values } = verdict;
  if (tool === undefined || scope === undefined || values === undefined)
    throw new GuardError(
      "misuse",
      `the supposed call ${n} of ${call.tool} does not normalise: ${verdict.decision.fault?.path ?? ""} ${verdict.decision.fault?.message ?? ""}`,
    );
  const [id, name] = [`supposed-${n}`, tool.tool.name];
  if (call.outcome === "denied") return memory.history.denied(id, name, values, call.at);
  memory.history.begin(id, name, values);
  if (call.outcome === "running") return undefined;
  const content =
    call.outcome === "failed" ? UNREADABLE : (call.result ?? (tool.tool.result === undefined ? undefined : UNSAID));
  const result = labelResult({ program, tool, scope, memory, reader: await textReader() }, content);
  memory.history.end(id, call.outcome, call.at, result.value);
  if (program.flows) {
    keepWritten(memory, tool, values, scope.flow?.carried());
    keepResult(memory, tool, result, { call: id, flow: scope.flow });
  }
  if (call.outcome === "ok" && call.result !== undefined)
    memory.hand(`$${n}`, { value: call.result, labels: program.flows ? result.labels : program.lattice.lowest });
  return undefined;
}

/** A detector that finds these texts, from the left and without overlap. */
function finds(kind: string, texts: readonly string[]): Detector {
  return (text) =>
    texts
      .filter((wanted) => wanted !== "")
      .flatMap((wanted) => {
        const found = [];
        for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length))
          found.push({ kind, start: at, end: at + wanted.length, confidence: 1 });
        return found;
      });
}
