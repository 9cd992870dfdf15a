import type { ToolHooks } from "@mastra/core/tools";
import type { Guard } from "@writ/runtime";
import { isRemembered } from "./guarded.js";

/**
 * The net of an agent: `new Agent({ ..., ...guardHooks(guard) })` refuses tools that nobody guarded, such as those of
 * toolsets, memory, workspaces and sub-agents (`agent-NAME`); `unguarded` names those that may run so. It lets nothing run
 * by itself: hooks that are given with a call take its place, and the guarded tools are the boundary. What it refuses is
 * recorded as an incident of no session, because Mastra does not tell a hook whose thread it is.
 */
export function guardHooks(
  guard: Guard,
  { unguarded = [] }: { readonly unguarded?: readonly string[] } = {},
): { readonly hooks: ToolHooks } {
  const beforeToolCall = async ({ toolName }: { readonly toolName: string }): Promise<void> => {
    if (isRemembered(guard, toolName) || unguarded.includes(toolName)) return;
    // Whatever becomes of the record, the tool does not run.
    await guard.recordUnguarded(toolName).catch(() => undefined);
    throw new Error("Refused: this tool is not guarded.");
  };
  nets.add(beforeToolCall);
  return { hooks: { beforeToolCall } };
}

const nets = new WeakSet();

/** Whether hooks are those of {@link guardHooks}. */
export function isNet(hooks: unknown): boolean {
  if (typeof hooks !== "object" || hooks === null) return false;
  const before: unknown = Reflect.get(hooks, "beforeToolCall");
  return typeof before === "function" && nets.has(before);
}
