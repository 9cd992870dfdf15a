import type { Unit } from "../results/unit.js";
import { AGENT_TARGETS } from "./agents.js";
import { CALL_TARGETS } from "./calls.js";
import { ISOLATION_TARGETS } from "./isolation.js";

/** One promise: a figure, its limit, and how it is measured. */
export interface Target {
  readonly id: string;
  readonly area: string;
  readonly words: string;
  readonly unit: Unit;
  /** `most`: at most so much; `least`: at least. */
  readonly sense: "most" | "least";
  readonly limit: number;
  /** The suite that measures it; unsaid where none can, and `how` says why. */
  readonly suite?: string;
  readonly how: string;
}

/** Every promise there is, in the order of a report. A target may be met, missed or not measured; none is left out. */
export const TARGETS = [...CALL_TARGETS, ...ISOLATION_TARGETS, ...AGENT_TARGETS] as const satisfies readonly Target[];

export type TargetId = (typeof TARGETS)[number]["id"];
