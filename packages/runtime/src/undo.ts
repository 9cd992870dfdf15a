import type { Json } from "@writ/ir";
import type { Value } from "@writ/ir/values";
import type { Attempt, CallContext } from "./call/context.js";
import { isObject } from "./duties/json-path.js";
import { valueOf } from "./evaluate/evaluate.js";
import { scopeOfResult } from "./evaluate/scope.js";
import { wireOf } from "./evaluate/wire.js";
import { GuardError } from "./errors.js";
import type { Outcome } from "./outcome.js";
import type { Execute, HostPort, ToolCall } from "./port.js";
import { quietly } from "./quietly.js";

/** The scope of compensating calls in the journal: each is made once, whoever asks how often. */
export const UNDO_SCOPE = "writ.undo";

/** A call of the session with what takes it back. */
export interface Undoable {
  /** The call's id in the log. */
  readonly call: string;
  readonly tool: string;
  readonly undo: { readonly tool: string; readonly args: Json };
}

/** A call of the session that nothing takes back, and why. */
export interface Irreversible {
  readonly call: string;
  readonly tool: string;
  readonly why: string;
}

/** What an undo would do, newest first, and what it would leave as it is. */
export interface UndoPlan {
  readonly steps: readonly Undoable[];
  readonly cannot: readonly Irreversible[];
}

/** What became of an undo. `blocked`: nothing was done, because of what cannot be undone. `stopped`: `stoppedAt` was not done. */
export interface Undone extends UndoPlan {
  readonly status: "done" | "blocked" | "stopped";
  readonly undone: readonly string[];
  readonly stoppedAt?: { readonly call: string; readonly outcome: Outcome };
}

export interface UndoOptions {
  /** How the host runs the compensating tools, by the names it knows them by. */
  readonly tools: { readonly [tool: string]: Execute | HostPort };
  /** Only this call, by its id in the log; without, all of the session. */
  readonly call?: string;
  /** Undo what can be undone although something cannot. */
  readonly leave?: boolean;
}

const keyOf = (session: string): string => `undo/${session}`;

/** Whether what takes a call back is kept. Only of calls with an effect, by policies that say `undo` of some tool. */
export function keepsUndo({ program, rehearsal }: CallContext, { verdict: { tool }, call }: Attempt): boolean {
  if (rehearsal !== undefined || tool === undefined || tool === program.reply || call.scope === UNDO_SCOPE)
    return false;
  const { effects } = tool.tool;
  if (effects.length > 0 && effects.every((effect) => effect === "read")) return false;
  return program.bundle.tools.some(({ undo }) => undo !== undefined);
}

/** Keeps what takes a call back, once it ran. */
export async function keepUndo(
  context: CallContext,
  attempt: Attempt,
  ended: { readonly status: string; readonly value: Value | undefined },
): Promise<void> {
  const { state, session } = context;
  const { tool } = attempt.verdict;
  if (tool === undefined) return;
  try {
    const made = compensation(context, attempt, ended);
    const entry = { call: attempt.id, tool: tool.tool.name, ...made };
    await state.append(keyOf(session), [entry]);
    if ("undo" in made) await state.sync();
  } catch {
    const message = `what undoes the call ${attempt.id} could not be kept: it is not among what can be undone`;
    const at = context.clock.now();
    await quietly(
      context.audit.append(
        { type: "incident", at, code: "undo_lost", message, session, tool: tool.tool.name },
        { durable: false },
      ),
    );
  }
}

function compensation(
  { program }: CallContext,
  { verdict: { tool, scope } }: Attempt,
  { status, value }: Parameters<typeof keepUndo>[2],
): { readonly undo: { readonly tool: string; readonly args: Json } } | { readonly why: string } {
  const undo = tool?.tool.undo;
  if (undo === undefined) return { why: "its tool has no undo" };
  if (status !== "done") return { why: `it ended as ${status}: what it did is not known` };
  const params = program.byName.get(undo.tool)?.params;
  const args = new Map<string, Json>();
  for (const { name, value: expression } of undo.args) {
    let found: Value | undefined;
    try {
      found = scope === undefined ? undefined : valueOf(expression, scopeOfResult(scope, value));
    } catch {
      found = undefined;
    }
    if (found === undefined) return { why: `the argument ${name} of its undo is not known` };
    args.set(name, wireOf(found, params?.get(name)?.type, program.types));
  }
  return { undo: { tool: undo.tool, args: Object.fromEntries(args) } };
}

/** What of a session can be undone, newest first. Rejects where the store does not say. */
export async function undoPlan({ state, session, end }: CallContext, only?: string): Promise<UndoPlan> {
  if (only !== undefined && typeof only !== "string")
    throw new GuardError("misuse", "undo of one call names it by its id in the log, a text");
  // What undid it was forgotten with the session: that must not read as if there were nothing to undo.
  const ended = await end?.look();
  if (ended !== undefined) throw new GuardError("session_ended", `nothing of this session can be undone: ${ended.why}`);
  const { values } = await state.read(keyOf(session));
  const over = new Set(values.flatMap((entry) => (isObject(entry) && "undone" in entry ? [entry["undone"]] : [])));
  const steps: Undoable[] = [];
  const cannot: Irreversible[] = [];
  for (const entry of values.toReversed()) {
    if (!isObject(entry)) continue;
    const { call, tool, undo, why } = entry;
    if (typeof call !== "string" || typeof tool !== "string" || over.has(call)) continue;
    if (only !== undefined && only !== call) continue;
    if (isObject(undo) && typeof undo["tool"] === "string" && undo["args"] !== undefined)
      steps.push({ call, tool, undo: { tool: undo["tool"], args: undo["args"] } });
    else cannot.push({ call, tool, why: typeof why === "string" ? why : "how is not known" });
  }
  if (only !== undefined && steps.length + cannot.length === 0 && !over.has(only))
    cannot.push({ call: only, tool: "", why: "this session has made no such call, or it changed nothing" });
  return { steps, cannot };
}

/**
 * Makes the compensating calls, newest first. Each is a call like any other: decided, asked about, limited, recorded, and
 * made once. The first that is not done ends it, so that nothing older is undone before something newer.
 */
export async function undoSession(
  context: CallContext,
  make: (call: ToolCall, tool: Execute | HostPort) => Promise<Outcome>,
  options: UndoOptions,
): Promise<Undone> {
  if (typeof options?.tools !== "object" || options.tools === null)
    throw new GuardError("misuse", "undo needs { tools }: how the host runs the compensating calls");
  const tools = new Map(Object.entries(options.tools));
  const plan = await undoPlan(context, options.call);
  const named = (name: string): string => context.program.byName.get(name)?.tool.as ?? name;
  const missing = plan.steps.flatMap(({ call, tool, undo }) =>
    tools.has(named(undo.tool)) ? [] : [{ call, tool, why: `nobody gave a function for ${undo.tool}` }],
  );
  const cannot = [...plan.cannot, ...missing];
  const steps = plan.steps.filter(({ call }) => !missing.some((one) => one.call === call));
  const undone: string[] = [];
  if (cannot.length > 0 && options.leave !== true) return { status: "blocked", steps, cannot, undone };
  for (const { call, undo } of steps) {
    const name = named(undo.tool);
    const run = tools.get(name);
    if (run === undefined) continue;
    const outcome = await make({ tool: name, args: undo.args, callId: `undo ${call}`, scope: UNDO_SCOPE }, run);
    if (outcome.status !== "done") return { status: "stopped", steps, cannot, undone, stoppedAt: { call, outcome } };
    undone.push(call);
    await quietly(context.state.append(keyOf(context.session), [{ undone: call }])); // else the journal answers the next time
  }
  return { status: "done", steps, cannot, undone };
}
