import type { ToolCall } from "@langchain/core/messages/tool";
import { Command, isCommand, Send, type LangGraphRunnableConfig } from "@langchain/langgraph";
import { ToolNode } from "@langchain/langgraph/prebuilt";
import type { Guard } from "@writ/runtime";
import { sourceOf, type ToolLike } from "./bound.js";
import { GuardedCalls, type GuardedOptions } from "./guarded-calls.js";
import { readTurn } from "./to-request.js";
import { toOutput, type Output } from "./tool-output.js";

export interface GuardNodeOptions extends GuardedOptions {
  /** The node's name in traces; `tools` where none is given. */
  readonly name?: string;
  readonly tags?: readonly string[];
}

/**
 * A node that takes the place of `ToolNode`: every tool call of the model's last message goes through the guard.
 * Refused and failed calls are answered with a `ToolMessage` of status `error`. Calls that wait for a person pause
 * the graph with one interrupt ({@link ApprovalsInterrupt}); without a checkpointer they are answered as waiting.
 * Throws a `GuardError` where two tools have one name, there is no `identity`, or a tool does not fit the policy.
 */
export function guardNode(guard: Guard, tools: readonly ToolLike[], options: GuardNodeOptions): ToolNode {
  return new GuardNode(guard, tools, options);
}

export class GuardNode extends ToolNode {
  readonly guard: Guard;
  readonly #calls: GuardedCalls;

  constructor(guard: Guard, tools: readonly ToolLike[], options: GuardNodeOptions) {
    super(tools.map(sourceOf), {
      name: options?.name ?? "tools",
      ...(options?.tags === undefined ? {} : { tags: [...options.tags] }),
    });
    this.guard = guard;
    this.#calls = new GuardedCalls(guard, tools, options);
  }

  protected override async run(input: unknown, config: LangGraphRunnableConfig): Promise<unknown> {
    const turn = readTurn(input, config);
    const outputs = await this.#calls.settle(turn, config);
    return outputs.some((output) => isCommand(output))
      ? withCommands(outputs, turn.list)
      : turn.list
        ? outputs
        : { messages: outputs };
  }

  /** The hook that `ToolNode` runs each tool by: here it takes the same way as every other call. */
  protected override async runTool(call: ToolCall, config: LangGraphRunnableConfig, state: unknown): Promise<Output> {
    const turn = readTurn({ ...(typeof state === "object" ? state : {}), lg_tool_call: call }, config);
    const [output] = await this.#calls.settle(turn, config);
    return output ?? toOutput("", call);
  }
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
