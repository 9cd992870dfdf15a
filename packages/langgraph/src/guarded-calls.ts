import type { RunnableConfig } from "@langchain/core/runnables";
import type { StructuredToolInterface } from "@langchain/core/tools";
import { isCommand, isGraphBubbleUp, isGraphInterrupt, type LangGraphRunnableConfig } from "@langchain/langgraph";
import {
  GuardError,
  orUnable,
  type Approval,
  type Guard,
  type HostPort,
  type Outcome,
  type Session,
} from "@writ/runtime";
import { approvalsInterrupt } from "./approvals-interrupt.js";
import { callConfig } from "./call-config.js";
import { bind, sourceOf, type ToolLike } from "./bound.js";
import { fromOutcome, unavailable } from "./from-outcome.js";
import { during, sessionOf, type Identify } from "./identity.js";
import { handOver, hearTurn, type Saying } from "./prompt.js";
import { refuseProviderCalls } from "./provider-tools.js";
import { resultContent, withResultContent } from "./result-content.js";
import { restoreResult, saveResult } from "./saved-result.js";
import type { Turn, TurnCall } from "./to-request.js";
import { TaskRun } from "./task-run.js";
import { callTool, type Run } from "./tool-run.js";
import { withConfig } from "./with-config.js";
import { markMessages } from "./tool-messages.js";
import { textOf, toOutput, type Output } from "./tool-output.js";

export interface GuardedOptions {
  readonly identity: Identify;
  /**
   * Who said a message of the prompt: only the host knows which are the person's own words, and which hold pasted or
   * retrieved text, and with which labels. Asked once a message and session, of every message but those whose calls
   * this guard took and what tools put there. Without it, or where it gives undefined, nobody vouches for the text: it is untrusted, and
   * no value stands in it. Where it throws, nothing runs.
   */
  readonly said?: Saying;
}

/** How a call came out: an outcome, or what the tool threw to steer the graph. */
type Settled =
  | { readonly at: TurnCall; readonly ran: boolean; readonly outcome: Outcome }
  | { readonly at: TurnCall; readonly ran: boolean; readonly signal: Error };

/** Takes calls of tools by the guard. */
export class GuardedCalls {
  readonly #guard: Guard;
  readonly #options: GuardedOptions;
  readonly #tools: ReadonlyMap<string, StructuredToolInterface>;

  /** Throws a {@link GuardError} where nobody says who calls, two tools have one name, or they do not fit the policy. */
  constructor(guard: Guard, tools: readonly ToolLike[], options: GuardedOptions, hold = bind) {
    if (typeof options?.identity !== "function")
      throw new GuardError("misuse", "`identity` is missing: a function that says who calls");
    this.#guard = guard;
    this.#options = options;
    this.#tools = new Map(tools.map((tool) => [tool.name, sourceOf(tool)]));
    if (this.#tools.size !== tools.length) throw new GuardError("misuse", "two tools have the same name");
    hold(guard, tools);
  }

  /** Answers every call of a turn, or throws what pauses or steers the graph. */
  async settle(turn: Turn, config: LangGraphRunnableConfig): Promise<readonly Output[]> {
    const positions = turn.calls.map(({ position }) => position);
    return TaskRun.settle(config, positions, async (task) => this.#settle(task, turn, config));
  }

  async #settle(task: TaskRun, turn: Turn, config: LangGraphRunnableConfig): Promise<readonly Output[]> {
    const session = await orUnable(sessionOf(this.#guard, this.#options.identity, config));
    if (typeof session === "string") return turn.calls.map(({ call }) => unavailable(call, session));
    refuseProviderCalls(this.#guard, turn.message);
    await hearTurn(session, turn, this.#options.said, config);
    const pauses = hasCheckpointer(config) ? await orUnable(task.open(session, turn.step)) : undefined;
    if (typeof pauses === "string") return turn.calls.map(({ call }) => unavailable(call, pauses));

    const settled: Settled[] = [];
    const first = pauses === undefined ? undefined : turn.calls.find(({ position }) => position === task.first);
    if (first !== undefined && pauses !== undefined) {
      let resumed: Settled | undefined;
      try {
        resumed = await this.#call(session, first, turn, config);
        settled.push(resumed);
      } finally {
        task.close(pauses, resumed);
      }
      if ("signal" in resumed) return task.throw(resumed.signal, first.position, pauses);
    }
    if (pauses !== undefined) await task.turn();
    const others: Promise<Settled>[] = [];
    for (const call of turn.calls) if (call !== first) others.push(this.#call(session, call, turn, config));
    settled.push(...(await Promise.all(others)));
    if (settled.length > 1) settled.sort((a, b) => a.at.position - b.at.position);
    const signal = signalOf(settled);
    if (signal !== undefined) return task.throw(signal.signal, signal.at.position, pauses);

    const outputs: Output[] = [];
    const waiting: Approval[] = [];
    for (const one of settled) {
      if (!("outcome" in one)) continue;
      outputs.push(fromOutcome(one.outcome, one.at.call));
      if (one.outcome.status === "waiting") waiting.push(one.outcome.approval);
    }
    if (waiting.length > 0 && pauses !== undefined) task.pause(approvalsInterrupt(waiting));
    await handOver(session, outputs);
    return outputs;
  }

  /** Makes a call that no model made: what the tool gave comes back as it is. */
  async direct(at: TurnCall, config: LangGraphRunnableConfig): Promise<Outcome> {
    const session = await sessionOf(this.#guard, this.#options.identity, config);
    const settled = await this.#decided(session, at, config, config, (run) => ({
      execute: async (args, signal) => run(args, { signal }),
      isControlFlow: isGraphBubbleUp,
    }));
    if ("signal" in settled) throw settled.signal;
    return settled.outcome;
  }

  async #call(session: Session, at: TurnCall, turn: Turn, config: LangGraphRunnableConfig): Promise<Settled> {
    const { call } = at;
    const own = callConfig(config, at.position);
    const runtime = {
      ...own,
      state: turn.state,
      toolCallId: call.id ?? "",
      config: own,
      context: config.context,
      store: config.store ?? null,
      writer: writerOf(config),
    };
    return this.#decided(session, at, own, runtime, (run) => ({
      execute: async (args, signal) => {
        const output = toOutput(await run(args, { signal }), call, this.#tools.get(call.name));
        if (isCommand(output)) markMessages(output, call.name);
        return output;
      },
      isControlFlow: isGraphBubbleUp,
      fromSandbox: (result) => toOutput(result, call, this.#tools.get(call.name)),
      content: resultContent,
      withContent: withResultContent,
      // A message of a text and nothing else is made of it again when it is given out.
      save: (output) => textOf(output) ?? saveResult(output),
      restore: restoreResult,
    }));
  }

  /** Decides one call inside of its tool, and tells whether the tool ran. */
  async #decided(
    session: Session,
    at: TurnCall,
    config: RunnableConfig,
    runtime: RunnableConfig,
    portOf: (run: Run) => HostPort,
  ): Promise<Settled> {
    const { call, request } = at;
    const tool = this.#tools.get(call.name);
    let settled: Settled | undefined;
    const decide = async (run: Run): Promise<unknown> => {
      let ran = false;
      const task = (): string => JSON.stringify([request.scope, request.callId]);
      const port = portOf(async (args, inner) => {
        ran = true;
        return during({ session, task }, () => run(args, inner));
      });
      try {
        const outcome = await session.call(request, port);
        settled = { at, ran, outcome };
        return fromOutcome(outcome, call);
      } catch (error) {
        if (error instanceof Error && isGraphBubbleUp(error)) settled = { at, ran, signal: error };
        throw error;
      }
    };
    try {
      if (tool === undefined) await decide(() => rejected(new Error(`Tool "${call.name}" not found.`)));
      // So that what a tool calls without handing on its config runs with this one too.
      else await withConfig(config, async () => callTool(tool, call, runtime, decide));
    } catch (error) {
      // A callback that throws before the decision refuses nothing and runs nothing: the call is taken as one that failed.
      if (settled === undefined) await decide(() => rejected(error)).catch(() => undefined);
      if (settled === undefined) throw error;
    }
    if (settled === undefined) throw new GuardError("misuse", "the tool did not run the call that it was given");
    return settled;
  }
}

/** What a tool threw to steer or pause the graph: what ends the node goes before what pauses it. */
function signalOf(settled: readonly Settled[]): Extract<Settled, { readonly signal: Error }> | undefined {
  let first: Extract<Settled, { readonly signal: Error }> | undefined;
  for (const one of settled) {
    if (!("signal" in one)) continue;
    if (!isGraphInterrupt(one.signal)) return one;
    first ??= one;
  }
  return first;
}

async function rejected(error: unknown): Promise<never> {
  throw error;
}

function writerOf(config: LangGraphRunnableConfig): unknown {
  return config.writer ?? config.configurable?.["writer"] ?? null;
}

function hasCheckpointer(config: LangGraphRunnableConfig): boolean {
  const checkpointer: unknown = config.configurable?.["__pregel_checkpointer"];
  return checkpointer !== undefined && checkpointer !== null && checkpointer !== false;
}
