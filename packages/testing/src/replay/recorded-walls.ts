import type { Sandbox, SandboxEnd } from "@writ/runtime";

/**
 * Stands in for every isolation in a replay, where nothing runs: it says of each that it holds, and gives back what was
 * recorded. For a guard with a log in memory alone, since a record would otherwise name walls that nobody proved.
 */
export function recordedWalls(recorded: () => SandboxEnd): Sandbox {
  return {
    prove: async (isolations) =>
      isolations.map((isolation) => ({ isolation, ok: true, backend: "replay", proven: [], missing: [] })),
    // The highest there is, so that it is as high as any tier.
    place: () => ({ ok: true, isolation: "gvisor", backend: "replay", proven: [] }),
    run: async () => recorded(),
    close: async () => undefined,
  };
}
