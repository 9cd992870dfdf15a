import type { Guard } from "@writ/runtime";

/**
 * Which functions run through a guard. The mark is on the function and not on the tool: a copy of a guarded tool with
 * another `execute` has none, and nothing that a client or a model writes can make one.
 */
const guards = new WeakMap<object, Guard>();
const names = new WeakMap<Guard, Set<string>>();

export function mark(execute: object, guard: Guard): void {
  guards.set(execute, guard);
}

/** The guard that a tool's or a step's `execute` goes through. */
export function guardOf(tool: object): Guard | undefined {
  const execute: unknown = Reflect.get(tool, "execute");
  return typeof execute === "function" ? guards.get(execute) : undefined;
}

/** Takes note of the names that a guard's tools have. */
export function remember(guard: Guard, tools: readonly string[]): void {
  const all = names.get(guard) ?? new Set<string>();
  names.set(guard, all);
  for (const tool of tools) all.add(tool);
}

export function isRemembered(guard: Guard, tool: string): boolean {
  return names.get(guard)?.has(tool) === true;
}

/** The name by which the model calls a tool: Mastra writes what providers do not take otherwise. */
export function modelName(key: string): string {
  if (key === "") return key;
  const plain = key.replaceAll(/[^a-zA-Z0-9_-]/g, "_");
  return (/^[a-zA-Z_]/.test(plain) ? plain : `_${plain}`).slice(0, 63);
}
