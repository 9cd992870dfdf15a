import type { Outcome } from "@writ/runtime";

type Unfinished = Exclude<Outcome, { readonly status: "done" }>;

/**
 * What a guarded tool throws where it gives no result: the AI SDK makes it the tool's answer, of type `error-text`, and
 * the model goes on. The message is what the runtime means for the model, and nothing of rules.
 */
export class ToolCallError extends Error {
  readonly status: Unfinished["status"];
  /** Why, in a word: `policy`, `rejected`, `timeout`. Undefined for a call that waits. */
  readonly code: (Unfinished & { readonly cause: string })["cause"] | undefined;
  /** The call's id in the log. */
  readonly call: string;

  constructor(outcome: Unfinished) {
    super(outcome.message);
    this.name = "ToolCallError";
    this.status = outcome.status;
    this.call = outcome.call;
    this.code = outcome.status === "waiting" ? undefined : outcome.cause;
  }

  /** The AI SDK tells the model this text. */
  override toString(): string {
    return this.message;
  }
}
