import { DynamicStructuredTool, isRunnableToolLike, type StructuredToolInterface } from "@langchain/core/tools";
import { toJsonSchema } from "@langchain/core/utils/json_schema";
import { GuardError, type Guard, type HostTool } from "@writ/runtime";

/** What a framework takes for a tool; whether it is one is looked at when it is guarded. */
export interface ToolLike {
  readonly name: string;
  invoke(input: never, config?: never): unknown;
}

/** Guarded tools, and the tool and the guard behind each. Nothing else makes a tool a guarded one. */
const guarded = new WeakMap<object, { readonly source: StructuredToolInterface; readonly guard: Guard }>();

export function markGuarded(tool: object, source: StructuredToolInterface, guard: Guard): void {
  guarded.set(tool, { source, guard });
}

/** Whether calls of a tool are decided by the guard: by this one, where one is named. */
export function isGuarded(tool: unknown, guard?: Guard): boolean {
  const found = typeof tool === "object" && tool !== null ? guarded.get(tool) : undefined;
  return found !== undefined && (guard === undefined || found.guard === guard);
}

/** The tool behind a guarded one: a call is decided once. A runnable that poses as a tool is made one. */
export function sourceOf(tool: ToolLike): StructuredToolInterface {
  const known = guarded.get(tool)?.source ?? runnables.get(tool);
  if (known !== undefined) return known;
  if (!isRunnableToolLike(tool)) return asTool(tool);
  const { name, description = name, schema } = tool;
  const made = new DynamicStructuredTool({
    name,
    description,
    schema,
    async func(args: unknown, manager, config) {
      const { callbacks: _mine, ...own } = config ?? {};
      return tool.bound.invoke(args, manager === undefined ? own : { ...own, callbacks: manager.getChild() });
    },
  });
  runnables.set(tool, made);
  return made;
}

/** A tool that the agent runs itself. Throws a {@link GuardError} `misuse` for anything else, such as a provider's tool. */
function asTool(tool: unknown): StructuredToolInterface {
  if (typeof tool === "object" && tool !== null && isStructuredToolInterface(tool)) return tool;
  throw new GuardError(
    "misuse",
    "a tool that can be guarded is one that the agent runs, as `tool()` of LangChain makes",
  );
}

function isStructuredToolInterface(tool: object): tool is StructuredToolInterface {
  return "lc_namespace" in tool && "schema" in tool && "invoke" in tool && typeof tool.invoke === "function";
}

const runnables = new WeakMap<object, StructuredToolInterface>();

/** Holds tools against the policy; throws a {@link GuardError} that names what does not fit. */
export function bind(guard: Guard, tools: readonly ToolLike[]): void {
  guard.bind(tools.map((tool) => described(sourceOf(tool))));
}

/** Tells the guard of tools that an agent gained while it ran: what does not fit is refused when it is called. */
export function bindLate(guard: Guard, tools: readonly ToolLike[]): void {
  try {
    bind(guard, tools);
  } catch (error) {
    if (!(error instanceof GuardError)) throw error;
  }
}

/** A tool as its model is told of it. */
function described({ name, description, schema }: StructuredToolInterface): HostTool {
  return { name, description, parameters: toJsonSchema(schema) };
}
