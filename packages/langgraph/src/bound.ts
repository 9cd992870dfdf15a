import type { StructuredToolInterface } from "@langchain/core/tools";
import { toJsonSchema } from "@langchain/core/utils/json_schema";
import { GuardError, type Guard, type HostTool } from "@writ/runtime";

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

/** The tool behind a guarded one: a call is decided once. */
export function sourceOf(tool: StructuredToolInterface): StructuredToolInterface {
  return guarded.get(tool)?.source ?? tool;
}

/** Holds tools against the policy; throws a {@link GuardError} that names what does not fit. */
export function bind(guard: Guard, tools: readonly StructuredToolInterface[]): void {
  guard.bind(tools.map(described));
}

/** Tells the guard of tools that an agent gained while it ran: what does not fit is refused when it is called. */
export function bindLate(guard: Guard, tools: readonly StructuredToolInterface[]): void {
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
