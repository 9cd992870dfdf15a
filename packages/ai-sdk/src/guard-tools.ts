import type { ModelMessage, ToolExecutionOptions, ToolSet } from "ai";
import {
  GuardError,
  handedAnswer,
  hearPrompt,
  jsonResults,
  lastPart,
  tookCall,
  ToolCallError,
  type Saying,
  type Session,
} from "@writ/runtime";
import { callOf } from "./call-of.js";
import { guardedBy, mark, type Guarded } from "./guarded.js";

type Tool = ToolSet[string];

/** What the AI SDK runs before anything is decided, and its older approval, which would pause beside the guard's. */
const BEFORE = ["onInputStart", "onInputDelta", "onInputAvailable", "needsApproval"] as const;

export interface GuardToolsOptions {
  /**
   * Who said a message of the prompt; asked once a message and session. Without it, or where it gives undefined, nobody
   * vouches for the text: it is untrusted. Where it throws, no tool runs.
   */
  readonly said?: Saying<ModelMessage>;
}

/**
 * The same tools, with every call decided, recorded and run by the session's guard. Made once a request, because the
 * session says who calls. Hooks that run before a decision are taken away. A tool that streams gives its last value, when
 * it was recorded and filtered, and nothing before. Throws a {@link GuardError} for a tool that runs elsewhere: in the
 * client (no `execute`), or at the provider unless `createGuard({ providerTools })` names it.
 */
export function guardTools<TOOLS extends ToolSet>(
  session: Session,
  tools: TOOLS,
  { said }: GuardToolsOptions = {},
): TOOLS {
  const guarded = { ...tools };
  for (const name of Object.keys(tools)) {
    const tool = tools[name];
    if (tool !== undefined) define(guarded, name, guardTool({ session, said }, name, tool));
  }
  return guarded;
}

function guardTool(by: Guarded, name: string, tool: Tool): Tool {
  const { session, said } = by;
  const marked = guardedBy(tool)?.session;
  if (marked === session) return tool;
  if (marked !== undefined)
    throw new GuardError("misuse", `the tool ${name} is guarded for another session: guard the tool as it was made`);
  const run = tool.execute;
  if (tool.isProviderExecuted === true && session.providerTools.has(name)) return tool;
  if (typeof run !== "function" || tool.isProviderExecuted === true)
    throw new GuardError("misuse", `the tool ${name} does not run here, so its calls cannot be guarded`);
  const execute = async (input: unknown, options: ToolExecutionOptions<unknown>): Promise<unknown> => {
    const { toolCallId: id, messages, abortSignal: signal } = options;
    await hearPrompt(session, messages, said);
    tookCall(session, id, name);
    const outcome = await session.call(callOf({ tool: name, input, id, messages, signal }), {
      ...jsonResults,
      execute: async (args, abortSignal) =>
        lastPart(await Reflect.apply(run, tool, [args, { ...options, abortSignal }])),
    });
    handedAnswer(session, id, outcome.status === "done" ? outcome.result : outcome.message);
    if (outcome.status === "done") return outcome.result;
    throw new ToolCallError(outcome);
  };
  mark(execute, by);
  const guarded = { ...tool };
  for (const hook of BEFORE) Reflect.deleteProperty(guarded, hook);
  define(guarded, "execute", execute);
  guardCaller(by, name, tool, guarded);
  return guarded;
}

/** A tool that calls other tools (code mode) is bound to them by the AI SDK, which makes another tool of it. */
function guardCaller(by: Guarded, name: string, from: Tool, to: Tool): void {
  const caller: unknown = Reflect.get(from, CALLER);
  if (!isLocalCaller(caller)) return;
  const bind = (tools: ToolSet): Tool => guardTool(by, name, caller.bind(tools));
  Object.defineProperty(to, CALLER, { value: { ...caller, bind } });
}

const CALLER = "experimental_toolCaller";

function isLocalCaller(value: unknown): value is { readonly bind: (tools: ToolSet) => Tool } {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, "bind") === "function";
}

function define(on: object, name: string, value: unknown): void {
  Object.defineProperty(on, name, { value, enumerable: true, writable: true, configurable: true });
}
