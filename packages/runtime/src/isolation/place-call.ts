import type { Tier } from "@writ/ir";
import type { IntentRecord } from "../audit/record.js";
import type { Attempt, CallContext } from "../call/context.js";
import type { Placement } from "../ports/sandbox.js";

/** Where a call runs: inline, or behind proven walls. */
export interface PlacedCall {
  readonly ok: true;
  readonly tier: Tier;
  readonly walls: Extract<Placement, { readonly ok: true }> | undefined;
}

export type Placed = PlacedCall | { readonly ok: false; readonly why: string };

/** What the record says of the isolation: what was proven, never what was configured. */
export function recordedIsolation(
  { nestedIn }: CallContext,
  { tier, walls }: PlacedCall,
): NonNullable<IntentRecord["isolation"]> {
  if (walls !== undefined) return { tier: tier.name, backend: walls.backend, proven: walls.proven };
  // What a sandbox asks for is done by the host's own broker.
  return { tier: tier.name, backend: nestedIn === undefined ? "inline" : "broker", proven: [] };
}

/** The final answer runs nothing. */
const REPLY_TIER: Tier = {
  name: "low",
  isolate: "inline",
  network: [],
  read: [],
  write: [],
  env: [],
  at: [0, 0, 0, 1, 1],
};

/** Where a call runs; a call that needs more than was proven is not placed, and nothing falls back to less. */
export function placeCall(context: CallContext, { verdict }: Attempt): Placed {
  const { program, rehearsal, walls } = context;
  if (verdict.tool === program.reply) return { ok: true, tier: REPLY_TIER, walls: undefined };
  const name = verdict.decision.tier?.name;
  const tier = name === undefined ? undefined : program.tiers.get(name);
  if (tier === undefined || verdict.tool === undefined) return { ok: false, why: `there is no tier ${name ?? "?"}` };
  if (rehearsal !== undefined || context.nestedIn !== undefined) return { ok: true, tier, walls: undefined };
  const { name: tool, network } = verdict.tool.tool;
  // A function of the host can be held to no network, so a tool that has one of its own never runs inline.
  if (tier.isolate === "inline" && network === undefined) return { ok: true, tier, walls: undefined };
  const placement = walls.place(tool, tier);
  if (placement.ok) return { ok: true, tier, walls: placement };
  const isolates = tier.isolate === "inline" ? "whose tool has a network of its own" : `isolates in ${tier.isolate}`;
  const remedy = placement.remedy === undefined ? "" : `; to have it: ${placement.remedy}`;
  return {
    ok: false,
    why: `tier ${tier.name} ${isolates}, which this guard cannot provide: ${placement.why}${remedy}`,
  };
}
