import type { Outcome } from "../outcome.js";

type Unfinished = Exclude<Outcome, { readonly status: "done" }>;

/**
 * What a guarded tool throws where it gives no result, for hosts that answer a call with what its tool threw. The message
 * is what the runtime means for the model, and nothing of rules.
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

  /** Hosts tell the model this text. */
  override toString(): string {
    return this.message;
  }
}
