import { CallbackManager } from "@langchain/core/callbacks/manager";
import {
  DynamicStructuredTool,
  StructuredTool,
  ToolInputParsingException,
  type StructuredToolInterface,
} from "@langchain/core/tools";
import type { ToolCall } from "@langchain/core/messages/tool";
import { Validator } from "@langchain/core/utils/json_schema";
import { interopParseAsync, isInteropZodSchema } from "@langchain/core/utils/types";
import { ensureConfig, mergeConfigs, type RunnableConfig } from "@langchain/core/runnables";
import type { Json } from "@writ/runtime";

/** Runs the tool itself, with arguments that were decided. */
export type Run = (args: Json, config: Pick<RunnableConfig, "signal">) => Promise<unknown>;

/**
 * Calls a tool as its framework does, with callbacks and traces, and hands what happens inside of it to `decide`: nothing of
 * a result is seen outside, by a callback, a trace or a stream, before it was decided. The arguments are those of the
 * model; the tool's own schema reads the canonical ones when it runs.
 */
export async function callTool(
  tool: StructuredToolInterface,
  call: ToolCall,
  config: RunnableConfig,
  decide: (run: Run) => Promise<unknown>,
): Promise<unknown> {
  const inside = async (_args: unknown, runManager: unknown, inner: RunnableConfig): Promise<unknown> =>
    decide(async (args, { signal }) => {
      // The tool's own: where LangChain made it for this call, it is no copy of a copy.
      const own = inner === config ? { ...inner } : inner;
      if (signal !== undefined) own.signal = signal;
      const raw: unknown = await callOf(tool)(await parsed(tool, args), runManager, own);
      return whole(raw);
    });
  const { name, args, id } = call;
  const asked = { name, args, type: "tool_call" as const, ...(id === undefined ? {} : { id }) };
  const quiet = unheard(tool, asked, config);
  if (quiet !== undefined) return inside(args, undefined, quiet);
  const guarded: unknown = Object.create(tool, {
    schema: { value: {} },
    responseFormat: { value: "content" },
    _call: { value: inside },
  });
  if (!isTool(guarded)) throw new TypeError("a tool has a name and a schema");
  return guarded.invoke(asked, config);
}

/** What runs a tool where nothing of LangChain's was overridden. */
const INVOKE: unknown = Reflect.get(StructuredTool.prototype, "invoke");
const CALLS: ReadonlySet<unknown> = new Set(
  [StructuredTool, DynamicStructuredTool].map(({ prototype }): unknown => Reflect.get(prototype, "call")),
);

/**
 * The config that LangChain runs a tool with, where that is all it would do: no callback and no trace hears of it, and the tool
 * has no way of its own to be run. Undefined where it would do more.
 */
function unheard(
  tool: StructuredToolInterface,
  toolCall: ToolCall,
  config: RunnableConfig,
): RunnableConfig | undefined {
  if (config.timeout !== undefined || config.runId !== undefined) return undefined;
  if (!(tool instanceof StructuredTool) || Reflect.get(tool, "invoke") !== INVOKE) return undefined;
  if (!CALLS.has(Reflect.get(tool, "call"))) return undefined;
  const own = ensureConfig(mergeConfigs(tool.defaultConfig, config));
  const { callbacks, tags, metadata } = own;
  const { verbose } = tool;
  const heard = CallbackManager.configure(callbacks, tool.callbacks, tags, tool.tags, metadata, tool.metadata, {
    verbose,
  });
  return heard === undefined ? Object.assign(own, { runName: own.runName ?? tool.name, toolCall }) : undefined;
}

/** What the tool does when it is run, below its callbacks. A runnable that poses as a tool is run as it is. */
function callOf(tool: StructuredToolInterface): (...args: readonly unknown[]) => unknown {
  const own: unknown = Reflect.get(tool, "_call");
  if (typeof own === "function") return (...args): unknown => Reflect.apply(own, tool, args);
  throw new TypeError("a tool that the guard runs is a StructuredTool, as `tool()` makes");
}

async function parsed(tool: StructuredToolInterface, args: Json): Promise<unknown> {
  const { schema } = tool;
  if (isInteropZodSchema(schema)) {
    try {
      return await interopParseAsync(schema, args);
    } catch {
      throw new ToolInputParsingException("Received tool input did not match expected schema", JSON.stringify(args));
    }
  }
  const validator = validators.get(schema) ?? new Validator(copied(schema));
  validators.set(schema, validator);
  if (!validator.validate(args).valid)
    throw new ToolInputParsingException("Received tool input did not match expected schema", JSON.stringify(args));
  return args; // made for this run alone
}

/** Made once for a schema: making one walks it. */
const validators = new WeakMap<object, Validator>();

function copied(schema: object): { readonly [key: string]: unknown } {
  return Object.fromEntries(Object.entries(schema));
}

/** A tool that yields parts gives its result in the end: the parts would be seen before they are decided. */
async function whole(raw: unknown): Promise<unknown> {
  if (!isAsyncGenerator(raw)) return raw;
  try {
    for (;;) {
      const { done, value } = await raw.next();
      if (done === true) return value;
    }
  } finally {
    await raw.return(undefined);
  }
}

function isAsyncGenerator(value: unknown): value is AsyncGenerator<unknown, unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    Symbol.asyncIterator in value &&
    "next" in value &&
    typeof value.next === "function" &&
    "return" in value &&
    typeof value.return === "function"
  );
}

function isTool(value: unknown): value is StructuredToolInterface {
  return typeof value === "object" && value !== null && "schema" in value && "invoke" in value;
}
