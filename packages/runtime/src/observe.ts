import type { Json } from "@writ/ir";
import type { HeldArgs } from "./faults/held-call.js";
import { isThenable, settle, type HeldPort } from "./faults/held-port.js";
import type { Checked, Outcome } from "./outcome.js";
import type { ToolCall } from "./port.js";

/** One call that a guard took, as an observer sees it. */
export interface Observed {
  readonly session: string;
  readonly tool: string;
  /** The arguments as the model made them; undefined where they were no JSON. Not masked: they may hold secrets. */
  readonly args: Json | undefined;
  readonly outcome: Outcome;
  /** Milliseconds from the call to its outcome, and of those the tool's own. */
  readonly ms: number;
  readonly toolMs: number;
}

/** Looks on, for a screen, a trace or a metric. It has no part in a decision: what it throws or returns is ignored. */
export type Observer = (seen: Observed) => void;

/** Runs a call with the time of its tool taken, and tells the observer what became of it; a check that clears it is no call yet. */
export async function observed<Came extends Checked>(
  observer: Observer,
  session: string,
  made: { readonly call: ToolCall; readonly args: HeldArgs },
  port: HeldPort,
  run: (port: HeldPort) => Promise<Came>,
): Promise<Came> {
  let toolMs = 0;
  const from = performance.now();
  const came = await run({
    ...port,
    ranBehindWalls: (ms) => {
      toolMs = ms;
    },
    execute: async (given, signal) => {
      const begun = performance.now();
      try {
        return await port.execute(given, signal);
      } finally {
        toolMs = performance.now() - begun;
      }
    },
  });
  const outcome: Checked = came;
  if (outcome.status === "clear") return came;
  const { call, args } = made;
  try {
    const answer: unknown = observer({
      session,
      tool: call.tool,
      args: args.ok ? args.value : undefined,
      outcome,
      ms: performance.now() - from,
      toolMs,
    });
    if (isThenable(answer)) settle(answer);
  } catch {
    // an observer has no part in what happens
  }
  return came;
}
