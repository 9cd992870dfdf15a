import type { Loop } from "./loop.js";
import type { Workload } from "./rule.js";

/** Decisions of a cell that were found to be the expected ones, and why not all were compared. */
export interface Compared {
  readonly decisions: number;
  readonly short?: string;
}

/** What a comparison that found another decision says, wherever it ran. */
const OTHERWISE = "does not say";

/**
 * Compares the decisions of an engine with the expected ones, one after another, until all are or the time is over, and
 * one at least. Gives how many were compared. Throws where one is not as expected.
 */
export async function compareDecisions(
  name: string,
  loop: Loop,
  { requests, expected }: Workload,
  ms: number,
): Promise<number> {
  const end = performance.now() + ms;
  for (const [n, request] of requests.entries()) {
    const said = loop.decide(n);
    if ((typeof said === "boolean" ? said : await said) !== expected[n])
      throw new Error(
        `${name} ${OTHERWISE} ${expected[n] === true ? "allow" : "forbid"} to ${JSON.stringify(request)}`,
      );
    if (performance.now() > end) return n + 1;
  }
  return requests.length;
}

/** Whether a process that failed did so because an engine decides otherwise: then there is no report. */
export function isMismatch(why: string): boolean {
  return why.includes(OTHERWISE);
}
