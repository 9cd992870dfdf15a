import { isProviderTool, ToolStream } from "@mastra/core/tools";
import { standardSchemaToJSONSchema, toStandardSchema } from "@mastra/core/schema";
import { GuardError, type Guard, type HostTool, type Saying } from "@writ/runtime";
import { guardCall, type Message } from "./guard-call.js";
import { guardOf, mark, modelName, remember } from "./guarded.js";
import { passing, type OwnPause } from "./pause.js";
import { callerOf, holderOf, isObject, text, type Context } from "./place.js";
import type { Identify } from "./identity.js";

export interface GuardToolsOptions {
  readonly identity: Identify;
  /**
   * Who said a message that the run was given; asked once a message and session. Without it, or where it gives undefined,
   * nobody vouches for the text: it is untrusted. Where it throws, no tool runs.
   */
  readonly said?: Saying<Message>;
}

/** What Mastra runs before anything is decided. */
const BEFORE = ["onInputStart", "onInputDelta", "onInputAvailable"] as const;

/**
 * The same tools, with every call decided, recorded and run by the guard. They are held against the policy now: throws a
 * {@link GuardError} for a tool that the policy does not know or that does not fit it, and for one that does not run here.
 * Hooks that run before a decision are taken away; so is `context.writer`, by which a tool writes into the stream past the
 * guard. Every tool may suspend, because any call may have to wait for a person.
 */
export function guardTools<TOOLS extends { readonly [name: string]: object }>(
  guard: Guard,
  tools: TOOLS,
  options: GuardToolsOptions,
): TOOLS {
  if (typeof options?.identity !== "function")
    throw new GuardError("misuse", "guardTools needs `identity`: a function that says who calls");
  const guarded = { ...tools };
  const described: HostTool[] = [];
  const unseen = Object.values(tools).some((tool) => isProviderTool(tool));
  for (const [name, tool] of Object.entries(tools)) {
    if (isProviderTool(tool) && guard.providerTools.has(name)) continue;
    define(guarded, name, guardTool(guard, name, { ...tool }, tool, options, unseen));
    described.push(describe(modelName(name), tool));
  }
  guard.bind(described);
  remember(guard, Object.keys(tools).map(modelName));
  return guarded;
}

function guardTool(
  guard: Guard,
  name: string,
  copy: object,
  tool: object,
  options: GuardToolsOptions,
  unseen: boolean,
): object {
  const run: unknown = Reflect.get(tool, "execute");
  const marked = guardOf(tool);
  if (marked === guard) return tool;
  if (marked !== undefined)
    throw new GuardError("misuse", `the tool ${name} is guarded by another guard: guard the tool as it was made`);
  if (typeof run !== "function" || isProviderTool(tool))
    throw new GuardError("misuse", `the tool ${name} does not run here, so its calls cannot be guarded`);
  const execute = async (input: unknown, context: Context = {}): Promise<unknown> => {
    const { resumeData, suspendPayload: suspended, suspend, toolCallId } = holderOf(context);
    // A resume that was not a pause before was written by the model: as an argument the policy refuses it.
    const forged = (resumeData ?? undefined) !== undefined && suspended === undefined;
    const caller = callerOf(context);
    // A step of a workflow is one call a run, whatever it is tried again.
    const callId = text(toolCallId) ?? text(context.workflow?.["workflowId"]);
    const signal = context["abortSignal"];
    return guardCall({
      guard,
      identify: options.identity,
      said: options.said,
      unseen,
      prompt: promptOf(context, input),
      caller,
      suspended,
      suspend,
      call: {
        tool: modelName(name),
        args: forged ? { ...(isObject(input) ? input : { input }), resumeData } : input,
        ...(callId === undefined ? {} : { callId }),
        scope: JSON.stringify(["mastra", caller.runId ?? null]),
        ...(signal instanceof AbortSignal ? { signal } : {}),
      },
      run: (args, abortSignal, pause, own): unknown =>
        Reflect.apply(run, tool, [args, contextOf(context, abortSignal, pause, own)]),
    });
  };
  mark(execute, guard);
  Reflect.setPrototypeOf(copy, Reflect.getPrototypeOf(tool));
  for (const hook of BEFORE) define(copy, hook, undefined);
  define(copy, "suspendSchema", passing(Reflect.get(tool, "suspendSchema")));
  define(copy, "resumeSchema", passing(Reflect.get(tool, "resumeSchema")));
  define(copy, "execute", execute);
  return copy;
}

/** What the tool gets: its own context, but for the answer to a pause that was not its own, and for the way past the guard. */
function contextOf(context: Context, abortSignal: AbortSignal, pause: OwnPause, own: boolean): Context {
  const none = own ? {} : { resumeData: undefined, suspendPayload: undefined };
  const { agent, workflow } = context;
  return {
    ...pause.heard(context),
    ...none,
    abortSignal,
    writer: new ToolStream({ prefix: "tool", callId: "", name: "", runId: "" }),
    ...(agent === undefined
      ? {}
      : { agent: { ...pause.heard(agent), ...none, outputWriter: undefined, writableStream: undefined } }),
    ...(workflow === undefined ? {} : { workflow: { ...pause.heard(workflow), ...none } }),
  };
}

/** What the run was given; where no model made the call, its arguments. */
function promptOf({ agent }: Context, input: unknown): readonly Message[] {
  const messages: unknown = agent?.["messages"];
  return Array.isArray(messages) ? messages.filter(isMessage) : [{ role: "user", content: JSON.stringify(input) }];
}

function isMessage(message: unknown): message is Message {
  return isObject(message) && typeof message["role"] === "string";
}

function describe(name: string, tool: object): HostTool {
  const description: unknown = Reflect.get(tool, "description");
  const schema: unknown = Reflect.get(tool, "inputSchema");
  const parameters = isSchema(schema)
    ? standardSchemaToJSONSchema(toStandardSchema(schema), { io: "input" })
    : { type: "object", properties: {} };
  return { name, parameters, ...(typeof description === "string" ? { description } : {}) };
}

function isSchema(schema: unknown): schema is Parameters<typeof toStandardSchema>[0] {
  return typeof schema === "object" && schema !== null;
}

function define(on: object, name: string, value: unknown): void {
  Object.defineProperty(on, name, { value, enumerable: true, writable: true, configurable: true });
}
