import type { ModelMessage } from "ai";
import type { Saying, Session } from "@writ/runtime";

/** For whom a tool is guarded, and who says what stands in the prompt. */
export interface Guarded {
  readonly session: Session;
  readonly said: Saying<ModelMessage> | undefined;
}

/**
 * Which functions run through a guard. The mark is on the function and not on the tool: a copy of a guarded tool with
 * another `execute` has none, and nothing that a client or a model writes can make one.
 */
const marks = new WeakMap<object, Guarded>();

export function mark(execute: object, guarded: Guarded): void {
  marks.set(execute, guarded);
}

/** How a tool's `execute` is guarded. */
export function guardedBy(tool: { readonly execute?: unknown } | undefined): Guarded | undefined {
  const execute = tool?.execute;
  return typeof execute === "function" ? marks.get(execute) : undefined;
}
