import type { StructuredToolInterface } from "@langchain/core/tools";
import type { ToolCall } from "@langchain/core/messages/tool";
import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import type { Guard, Outcome } from "@writ/runtime";
import { bindLate, isGuarded, markGuarded, sourceOf, type ToolLike } from "./bound.js";
import { GuardedCalls, type GuardedOptions } from "./guarded-calls.js";
import { directCall, readTurn } from "./to-request.js";

/** A call that code made, not a model, and that did not run to its end; `outcome` says why. */
export class CallRefused extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome, message: string) {
    super(message);
    this.name = "CallRefused";
    this.outcome = outcome;
  }
}

/**
 * The same tools, each of whose calls goes through the guard, whoever runs it: the boundary that no graph, middleware or
 * caller goes around. Throws a `GuardError` where a tool does not fit the policy. Code that holds the tool it was made
 * from still runs that one.
 */
export function guardTools<T extends ToolLike>(guard: Guard, tools: readonly T[], options: GuardedOptions): T[] {
  const calls = new GuardedCalls(guard, tools, options);
  return tools.map((tool) => guardedTool(guard, tool, calls));
}

/**
 * The same for a tool that an agent gained while it ran. What does not fit the policy is refused when it is called: the
 * agent has started.
 */
export function guardLate<T extends ToolLike>(guard: Guard, tool: T, options: GuardedOptions): T {
  return guardedTool(guard, tool, new GuardedCalls(guard, [tool], options, bindLate));
}

function guardedTool<T extends ToolLike>(guard: Guard, tool: T, calls: GuardedCalls): T {
  if (isGuarded(tool, guard)) return tool;
  const source = sourceOf(tool);
  const invoke = async (input: unknown, config: LangGraphRunnableConfig = {}): Promise<unknown> => {
    if (!isToolCall(input)) return direct(calls, source, input, config);
    const state: unknown = Reflect.get(config, "state");
    const turn = readTurn({ ...(typeof state === "object" ? state : {}), lg_tool_call: input }, config);
    const [output] = await calls.settle(turn, config);
    return output;
  };
  // `call` is the older way to run a tool, and `func` is what `tool()` wraps: neither goes around.
  const clone: unknown = Object.create(source, {
    invoke: { value: invoke },
    call: { value: async (input: unknown, config?: LangGraphRunnableConfig) => invoke(input, config) },
    func: { value: undefined },
    _call: { value: undefined },
  });
  if (!isLike(clone, tool)) throw new TypeError("a tool is an object");
  markGuarded(clone, source, guard);
  return clone;
}

/** What was made of a tool's source has all that the tool has. */
function isLike<T extends object>(made: unknown, tool: T): made is T {
  return typeof made === "object" && made !== null && typeof tool === "object";
}

async function direct(
  calls: GuardedCalls,
  tool: StructuredToolInterface,
  input: unknown,
  config: LangGraphRunnableConfig,
): Promise<unknown> {
  const args = typeof input === "string" ? { input } : input;
  const outcome = await calls.direct(directCall(tool.name, args, config), config);
  if (outcome.status !== "done") throw new CallRefused(outcome, outcome.message);
  const { result } = outcome;
  return Reflect.get(tool, "responseFormat") === "content_and_artifact" && Array.isArray(result) ? result[0] : result;
}

function isToolCall(input: unknown): input is ToolCall {
  return (
    typeof input === "object" &&
    input !== null &&
    "type" in input &&
    input.type === "tool_call" &&
    "name" in input &&
    typeof input.name === "string"
  );
}
