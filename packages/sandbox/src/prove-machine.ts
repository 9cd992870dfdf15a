import type { IsolationProof } from "@writ/runtime";
import type { Backend } from "./backend.js";
import { defaultBackends } from "./backends/default-backends.js";
import { ISOLATIONS, Machine } from "./machine.js";

/**
 * Tries every isolation on this machine, from inside, and tells what held: one proof for each, weakest isolation first.
 * It never rejects. What it started is gone when it resolves.
 */
export async function proveMachine(
  backends: readonly Backend[] = defaultBackends(),
): Promise<readonly IsolationProof[]> {
  try {
    return await new Machine(backends).prove(ISOLATIONS);
  } finally {
    await Promise.allSettled(backends.map((backend) => backend.close()));
  }
}
