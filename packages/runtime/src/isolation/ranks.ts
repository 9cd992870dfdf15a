import type { Isolation } from "@writ/ir";

/** Weakest first (isolation.md): a call may run in what stands later, never in what stands earlier. */
const WEAKEST_FIRST: readonly Isolation[] = ["inline", "process", "wasm", "container", "gvisor"];

/** Whether `isolation` is at least as high as `least`. One that nobody knows is not. */
export function isAsHigh(isolation: Isolation, least: Isolation): boolean {
  const rank = WEAKEST_FIRST.indexOf(isolation);
  return rank >= 0 && rank >= WEAKEST_FIRST.indexOf(least);
}
