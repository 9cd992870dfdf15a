import type { ToolExecutionOptions, ToolSet } from "ai";
import { GuardError, jsonResults, lastPart, ToolCallError, type Session } from "@writ/runtime";
import { callOf } from "./call-of.js";
import { mark, sessionOf } from "./guarded.js";

type Tool = ToolSet[string];

/** What the AI SDK runs before anything is decided, and its older approval, which would pause beside the guard's. */
const BEFORE = ["onInputStart", "onInputDelta", "onInputAvailable", "needsApproval"] as const;

/**
 * The same tools, with every call decided, recorded and run by the session's guard. Made once a request, because the
 * session says who calls. Hooks that run before a decision are taken away. A tool that streams gives its last value, when
 * it was recorded and filtered, and nothing before. Throws a {@link GuardError} for a tool that runs elsewhere: in the
 * client (no `execute`) or at the provider; give those to the AI SDK beside the guarded ones, and they are not guarded.
 */
export function guardTools<TOOLS extends ToolSet>(session: Session, tools: TOOLS): TOOLS {
  const guarded = { ...tools };
  for (const name of Object.keys(tools)) {
    const tool = tools[name];
    if (tool !== undefined) define(guarded, name, guardTool(session, name, tool));
  }
  return guarded;
}

function guardTool(session: Session, name: string, tool: Tool): Tool {
  const marked = sessionOf(tool);
  if (marked === session) return tool;
  if (marked !== undefined)
    throw new GuardError("misuse", `the tool ${name} is guarded for another session: guard the tool as it was made`);
  const run = tool.execute;
  if (typeof run !== "function" || tool.isProviderExecuted === true)
    throw new GuardError("misuse", `the tool ${name} does not run here, so its calls cannot be guarded`);
  const execute = async (input: unknown, options: ToolExecutionOptions<unknown>): Promise<unknown> => {
    const { toolCallId: id, messages, abortSignal: signal } = options;
    const outcome = await session.call(callOf({ tool: name, input, id, messages, signal }), {
      ...jsonResults,
      execute: async (args, abortSignal) =>
        lastPart(await Reflect.apply(run, tool, [args, { ...options, abortSignal }])),
    });
    if (outcome.status === "done") return outcome.result;
    throw new ToolCallError(outcome);
  };
  mark(execute, session);
  const guarded = { ...tool };
  for (const hook of BEFORE) Reflect.deleteProperty(guarded, hook);
  define(guarded, "execute", execute);
  guardCaller(session, name, tool, guarded);
  return guarded;
}

/** A tool that calls other tools (code mode) is bound to them by the AI SDK, which makes another tool of it. */
function guardCaller(session: Session, name: string, from: Tool, to: Tool): void {
  const caller: unknown = Reflect.get(from, CALLER);
  if (!isLocalCaller(caller)) return;
  const bind = (tools: ToolSet): Tool => guardTool(session, name, caller.bind(tools));
  Object.defineProperty(to, CALLER, { value: { ...caller, bind } });
}

const CALLER = "experimental_toolCaller";

function isLocalCaller(value: unknown): value is { readonly bind: (tools: ToolSet) => Tool } {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, "bind") === "function";
}

function define(on: object, name: string, value: unknown): void {
  Object.defineProperty(on, name, { value, enumerable: true, writable: true, configurable: true });
}
