import type { Json } from "@writ/ir";

/** One tool call, as a host hands it over. */
export interface ToolCall {
  /** The name the host knows the tool by: the policy's, or that of its `as`. */
  readonly tool: string;
  /** The arguments as the model made them; copied once, and checked as data. */
  readonly args: unknown;
  /**
   * The host's id for this call. With one, the call is journaled: made again with the same `scope`, tool and
   * arguments it gives the recorded outcome and never runs twice. Ids may repeat between scopes.
   */
  readonly callId?: string;
  /** What tells two calls of the same id apart: equal when a step is replayed, different for another step. */
  readonly scope?: string;
  /** Ends the wait for the tool; a tool that runs on is no longer heard. */
  readonly signal?: AbortSignal;
}

/** How a host runs a tool. */
export interface HostPort {
  /** Runs the tool with the canonical arguments. The signal fires at the tier's time limit and when the call is aborted. */
  execute(args: Json, signal: AbortSignal): Promise<unknown>;
  /** Whether an error is the host's own control flow (a pause of the tool itself), which passes through untouched. */
  isControlFlow?(error: unknown): boolean;
  /**
   * What of a result the model will read, as JSON: labels and rules about results look at this. By default the result
   * itself; undefined where it cannot be told, which counts as the worst.
   */
  content?(result: unknown): Json | undefined;
  /** The result with other content in its place, where a rule about results changed it. */
  withContent?(result: unknown, content: Json): unknown;
  /** A result of a sandbox in the host's own form; by default as it came. */
  fromSandbox?(result: unknown): unknown;
  /** The result as JSON, for the journal; by default the result where it is JSON. */
  save?(result: unknown): Json | undefined;
  /** A result back from what `save` gave. */
  restore?(saved: Json): unknown;
}

/** A tool as a plain function of its arguments. */
export type Execute = (args: Json, signal: AbortSignal) => unknown;
