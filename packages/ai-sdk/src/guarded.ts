import type { Session } from "@writ/runtime";

/**
 * Which functions run through a guard, and for whom. The mark is on the function and not on the tool: a copy of a guarded
 * tool with another `execute` has none, and nothing that a client or a model writes can make one.
 */
const sessions = new WeakMap<object, Session>();

export function mark(execute: object, session: Session): void {
  sessions.set(execute, session);
}

/** The session that a tool's `execute` is guarded for. */
export function sessionOf(tool: { readonly execute?: unknown }): Session | undefined {
  const { execute } = tool;
  return typeof execute === "function" ? sessions.get(execute) : undefined;
}
