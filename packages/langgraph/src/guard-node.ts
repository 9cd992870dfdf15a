import { AsyncLocalStorageProviderSingleton } from "@langchain/core/singletons";
import type { StructuredToolInterface } from "@langchain/core/tools";
import type { ToolCall } from "@langchain/core/messages/tool";
import {
  Command,
  interrupt,
  isCommand,
  isGraphBubbleUp,
  isGraphInterrupt,
  Send,
  type LangGraphRunnableConfig,
} from "@langchain/langgraph";
import { ToolNode } from "@langchain/langgraph/prebuilt";
import {
  AuditError,
  GuardError,
  StateError,
  type Guard,
  type HostPort,
  type Json,
  type Outcome,
  type Session,
  type SessionOptions,
} from "@writ/runtime";
import { approvalsInterrupt } from "./approvals-interrupt.js";
import { callConfig } from "./call-config.js";
import { fromOutcome, toOutput, unavailable, type Output } from "./from-outcome.js";
import { Pauses } from "./pauses.js";
import { prompts, type Saying } from "./prompt.js";
import { resultContent, withResultContent } from "./result-content.js";
import { restoreResult, saveResult } from "./saved-result.js";
import { threadOf } from "./thread.js";
import { readTurn, type Turn, type TurnCall } from "./to-request.js";
import { markMessages } from "./tool-messages.js";

/** Who calls: a session's identity without its thread, which the node takes from the graph. */
export type NodeIdentity = Omit<SessionOptions, "thread">;

export interface GuardNodeOptions {
  /**
   * Who calls, as the host's own authentication proved it; asked at every run of the node. Never take it from
   * messages, from what the model wrote, or from a `configurable` that a client may fill. Where it throws, the
   * node throws and nothing runs.
   */
  readonly identity: (config: LangGraphRunnableConfig) => NodeIdentity | Promise<NodeIdentity>;
  /**
   * Who said a message of the prompt: only the host knows which are the person's own words, and which hold pasted or
   * retrieved text, and with which labels. Asked once a message and session, of every message but those whose calls
   * this guard took and what tools put there. Without it, or where it gives undefined, nobody vouches for the text: it is untrusted, and
   * no value stands in it. Where it throws, the node throws and nothing runs.
   */
  readonly said?: Saying;
  /** The node's name in traces; `tools` where none is given. */
  readonly name?: string;
  readonly tags?: readonly string[];
}

/**
 * A node that takes the place of `ToolNode`: every tool call of the model's last message goes through the guard.
 * Refused and failed calls are answered with a `ToolMessage` of status `error`. Calls that wait for a person pause
 * the graph with one interrupt ({@link ApprovalsInterrupt}); without a checkpointer they are answered as waiting.
 * Throws a {@link GuardError} where two tools have one name or there is no `identity`.
 */
export function guardNode(
  guard: Guard,
  tools: readonly StructuredToolInterface[],
  options: GuardNodeOptions,
): ToolNode {
  return new GuardNode(guard, tools, options);
}

/** How a call came out: an outcome, or what the tool threw to steer the graph. */
type Settled =
  | { readonly at: TurnCall; readonly ran: boolean; readonly outcome: Outcome }
  | { readonly at: TurnCall; readonly ran: boolean; readonly signal: Error };

class GuardNode extends ToolNode {
  readonly #guard: Guard;
  readonly #identity: GuardNodeOptions["identity"];
  readonly #said: Saying | undefined;
  readonly #tools: ReadonlyMap<string, StructuredToolInterface>;

  constructor(guard: Guard, tools: readonly StructuredToolInterface[], options: GuardNodeOptions) {
    if (typeof options?.identity !== "function")
      throw new GuardError("misuse", "guardNode needs `identity`: a function that says who calls");
    super([...tools], {
      name: options.name ?? "tools",
      ...(options.tags === undefined ? {} : { tags: [...options.tags] }),
    });
    this.#guard = guard;
    this.#identity = options.identity;
    this.#said = options.said;
    this.#tools = new Map(tools.map((tool) => [tool.name, tool]));
    if (this.#tools.size !== tools.length)
      throw new GuardError("misuse", "two tools of a guard node have the same name");
  }

  protected override async run(input: unknown, config: LangGraphRunnableConfig): Promise<unknown> {
    const turn = readTurn(input, config);
    const outputs = await this.#settle(turn, config);
    return outputs.some((output) => isCommand(output))
      ? withCommands(outputs, turn.list)
      : turn.list
        ? outputs
        : { messages: outputs };
  }

  /** The hook that `ToolNode` runs each tool by: here it takes the same way as every other call. */
  protected override async runTool(call: ToolCall, config: LangGraphRunnableConfig, state: unknown): Promise<Output> {
    const turn = readTurn({ ...(typeof state === "object" ? state : {}), lg_tool_call: call }, config);
    const [output] = await this.#settle(turn, config);
    return output ?? toOutput("", call);
  }

  async #settle(turn: Turn, config: LangGraphRunnableConfig): Promise<readonly Output[]> {
    const session = await this.#session(config);
    if (typeof session === "string") return turn.calls.map(({ call }) => unavailable(call, session));
    await prompts.hear(session, turn, this.#said, config);
    const pauses = hasCheckpointer(config) ? await Pauses.of(session, turn.step) : undefined;

    const last = pauses?.replay();
    const first = turn.calls.find(({ position }) => position === last);
    const resumed = first === undefined ? undefined : await this.#call(session, first, turn, config);
    if (last !== undefined && resumed?.ran !== true) pauses?.retake(last);
    pauses?.drop();
    if (resumed !== undefined && "signal" in resumed) return stop([resumed], pauses);

    const others = turn.calls.filter((call) => call !== first);
    const settled = await Promise.all(others.map((call) => this.#call(session, call, turn, config)));
    if (resumed !== undefined) settled.push(resumed);
    settled.sort((a, b) => a.at.position - b.at.position);
    const outcomes = settled.flatMap((one) => ("outcome" in one ? [one] : []));
    if (outcomes.length < settled.length) return stop(settled, pauses);

    const waiting = outcomes.flatMap(({ outcome }) => (outcome.status === "waiting" ? [outcome.approval] : []));
    if (waiting.length > 0 && pauses !== undefined) {
      // Throws. Were it to return, the calls that wait would be answered as such below, and none of them run.
      interrupt(approvalsInterrupt(waiting));
    }
    const outputs = outcomes.map(({ outcome, at }) => fromOutcome(outcome, at.call));
    await prompts.handed(session, outputs);
    return outputs;
  }

  /** The session, or why there can be none: a log or a store that fails refuses the turn's calls, and the graph goes on. */
  async #session(config: LangGraphRunnableConfig): Promise<Session | string> {
    const who: NodeIdentity | undefined = await this.#identity(config);
    if (typeof who !== "object" || who === null)
      throw new GuardError("identity_invalid", "`identity` of guardNode did not say who calls");
    const { user, agent, session } = who;
    const thread = threadOf(config);
    try {
      return await this.#guard.session({
        user,
        ...(agent === undefined ? {} : { agent }),
        ...(session === undefined ? {} : { session }),
        ...(thread === undefined ? {} : { thread }),
      });
    } catch (error) {
      if (error instanceof AuditError) return "audit";
      if (error instanceof StateError) return "state";
      throw error;
    }
  }

  /** Decides one call and tells whether its tool ran. */
  async #call(session: Session, at: TurnCall, turn: Turn, config: LangGraphRunnableConfig): Promise<Settled> {
    let ran = false;
    const port: HostPort = {
      execute: async (args, signal) => {
        ran = true;
        const output = toOutput(
          await this.#execute(at.call, args, turn.state, callConfig({ ...config, signal }, at.position)),
          at.call,
        );
        if (isCommand(output)) markMessages(output, at.call.name);
        return output;
      },
      isControlFlow: isGraphBubbleUp,
      content: resultContent,
      withContent: withResultContent,
      save: saveResult,
      restore: restoreResult,
    };
    try {
      const outcome = await session.call(at.request, port);
      return { at, ran, outcome };
    } catch (error) {
      if (error instanceof Error && isGraphBubbleUp(error)) return { at, ran, signal: error };
      throw error;
    }
  }

  /** Runs a tool as `ToolNode` does, with the canonical arguments. */
  async #execute(call: ToolCall, args: Json, state: unknown, config: LangGraphRunnableConfig): Promise<unknown> {
    const tool = this.#tools.get(call.name);
    if (tool === undefined) throw new Error(`Tool "${call.name}" not found.`);
    if (!isObject(args)) throw new Error("The arguments of a tool are an object.");
    const writer: unknown = config.writer ?? config.configurable?.["writer"] ?? null;
    const runtime = {
      ...config,
      state,
      toolCallId: call.id ?? "",
      config,
      context: config.context,
      store: config.store ?? null,
      writer,
    };
    const input = {
      name: call.name,
      args: { ...args },
      type: "tool_call" as const,
      ...(call.id === undefined ? {} : { id: call.id }),
    };
    // So that what a tool calls without handing on its config runs with this one too.
    return AsyncLocalStorageProviderSingleton.runWithConfig(runtime, async (): Promise<unknown> =>
      tool.invoke(input, runtime),
    );
  }
}

/** Passes on what a tool threw to steer the graph: what ends the node first, then the pause of the first call. */
async function stop(settled: readonly Settled[], pauses: Pauses | undefined): Promise<never> {
  const signals = settled.flatMap((one) => ("signal" in one ? [one] : []));
  const chosen = signals.find(({ signal }) => !isGraphInterrupt(signal)) ?? signals[0];
  if (chosen === undefined) throw new GuardError("misuse", "no call of this turn paused");
  if (isGraphInterrupt(chosen.signal)) await pauses?.record(chosen.at.position, chosen.signal);
  throw chosen.signal;
}

/** As `ToolNode` does: commands stand by themselves, and sends to the parent graph are joined into one. */
function withCommands(outputs: readonly Output[], list: boolean): unknown[] {
  const combined: unknown[] = [];
  const sends: Send[] = [];
  for (const output of outputs) {
    if (!isCommand(output)) combined.push(list ? [output] : { messages: [output] });
    else if (output.graph === Command.PARENT && isSends(output.goto)) sends.push(...output.goto);
    else combined.push(output);
  }
  if (sends.length > 0) combined.push(new Command({ graph: Command.PARENT, goto: sends }));
  return combined;
}

function isSends(goto: unknown): goto is Send[] {
  return Array.isArray(goto) && goto.every((target) => target instanceof Send);
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function hasCheckpointer(config: LangGraphRunnableConfig): boolean {
  const checkpointer: unknown = config.configurable?.["__pregel_checkpointer"];
  return checkpointer !== undefined && checkpointer !== null && checkpointer !== false;
}
