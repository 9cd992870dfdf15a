import { isStructuredTool, type StructuredToolInterface } from "@langchain/core/tools";
import { getConfig, type LangGraphRunnableConfig } from "@langchain/langgraph";
import { GuardError, orUnable, type Guard } from "@writ/runtime";
import {
  GuardedCalls,
  guardLate,
  isGuarded,
  readTurn,
  refuseProviderTool,
  sessionOf,
  type GuardedOptions,
} from "@writ/langgraph/guarded";
import { createMiddleware, type AgentMiddleware } from "langchain";
import { isClientTool, nameOf } from "./server-tools.js";

const made = new WeakSet<object>();

/**
 * The net beside `guardTools`, as the last middleware of an agent: it guards the tools that nobody guarded (those of another
 * middleware, or added while the agent runs), takes calls of tools that there are not, offers the model only tools that
 * some rule could grant, and refuses tools that the model's provider runs unless `createGuard({ providerTools })` names them.
 * It decides nothing by itself: what an agent has without it is decided as well.
 */
export function writMiddleware(guard: Guard, options: GuardedOptions): AgentMiddleware {
  const none = new GuardedCalls(guard, [], options);
  const late = new WeakMap<object, StructuredToolInterface>();
  const guardedOf = (tool: StructuredToolInterface): StructuredToolInterface => {
    const known = late.get(tool) ?? guardLate(guard, tool, options);
    late.set(tool, known);
    return known;
  };
  const middleware = createMiddleware({
    name: "writ",
    async wrapModelCall(request, handler) {
      for (const tool of request.tools) if (!isClientTool(tool)) refuseProviderTool(guard, nameOf(tool));
      const visible = await visibleTools(guard, options, getConfig());
      const tools = request.tools.filter((tool) => !isClientTool(tool) || visible?.has(nameOf(tool)) !== false);
      return handler({ ...request, tools });
    },
    async wrapToolCall(request, handler) {
      const { tool, toolCall, state } = request;
      if (isGuarded(tool, guard)) return handler(request);
      if (tool !== undefined && isStructuredTool(tool)) return handler({ ...request, tool: guardedOf(tool) });
      const config = getConfig();
      const [output] = await none.settle(readTurn({ ...state, lg_tool_call: toolCall }, config), config);
      if (output === undefined) throw new GuardError("misuse", "the call of a tool that there is not has no answer");
      return output;
    },
  });
  made.add(middleware);
  return middleware;
}

export function isWritMiddleware(middleware: unknown): boolean {
  return typeof middleware === "object" && middleware !== null && made.has(middleware);
}

/** Undefined where no session can be had: then everything is offered, and every call refused. */
async function visibleTools(
  guard: Guard,
  { identity }: GuardedOptions,
  config: LangGraphRunnableConfig,
): Promise<ReadonlySet<string> | undefined> {
  const session = await orUnable(sessionOf(guard, identity, config));
  if (typeof session === "string") return undefined;
  const visible = await orUnable(session.visibleTools());
  return typeof visible === "string" ? undefined : visible;
}
