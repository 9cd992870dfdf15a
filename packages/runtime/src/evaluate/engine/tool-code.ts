import type { Risk } from "@writ/ir";
import type { NamedTypes } from "@writ/ir/values";
import type { Program, ToolProgram } from "../program.js";
import type { Code } from "./code.js";
import { Placement } from "./draft.js";
import { Lowering, type Constants } from "./lower-condition.js";
import { indexRules, type RuleIndex } from "./rule-index.js";
import { Slots } from "./slots.js";

/** Tiers, weakest first. */
export const RISKS: readonly Risk[] = ["low", "medium", "high", "critical"];

export const ALLOW = 0;
export const ASK = 1;
export const FORBID = 2;
export const DEMAND = 3;
/** Neither grants nor refuses. */
export const OTHER = 4;
/** Added to the kind of a rule that changes the arguments. */
export const TRANSFORMS = 8;

/** The decision program of one tool. */
export interface ToolCode {
  readonly code: Code;
  readonly slots: Slots;
  /** The names of the arguments, in the order of their slots. */
  readonly names: readonly string[];
  readonly places: ReadonlyMap<string, number>;
  /** 1 for an argument that must be given. */
  readonly required: Uint8Array;
  readonly requiredCount: number;
  /** Where the condition of each rule begins and ends. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** What each rule is: its kind, and {@link TRANSFORMS}. */
  readonly kinds: Uint8Array;
  /** The place among {@link RISKS} of the tier that each rule asks for; -1 where it asks for none. */
  readonly tiers: Int8Array;
  /** The same of the tool. */
  readonly tier: number;
  /** How many truths a decision keeps. */
  readonly kept: number;
  readonly index: RuleIndex | undefined;
}

/** What compiling a tool needs of its program. */
export interface CodeSource extends Constants {
  readonly identity: Program["bundle"]["identity"];
  readonly types: NamedTypes;
}

/** Compiles the conditions of one tool's rules. */
export function compileTool(
  source: CodeSource,
  { tool, rules }: Pick<ToolProgram, "tool" | "rules">,
  code: Code,
): ToolCode {
  const slots = new Slots(tool.params, source.identity, source.types);
  const optional = new Set(tool.params.flatMap(({ name, optional: may }) => (may === true ? [name] : [])));
  const lowering = new Lowering(source, code, slots, optional);
  const conditions = rules.map(({ when }) => lowering.conjuncts(when));
  const placement = new Placement(code);
  for (const conjuncts of conditions) placement.count(conjuncts);
  const placed = conditions.map((conjuncts) => placement.place(conjuncts));
  const required = Uint8Array.from(tool.params, ({ optional: may }) => (may === true ? 0 : 1));
  slots.seal();
  return {
    code,
    slots,
    names: tool.params.map(({ name }) => name),
    places: new Map(tool.params.map(({ name }, i) => [name, i])),
    required,
    requiredCount: required.reduce((sum, one) => sum + one, 0),
    starts: Int32Array.from(placed, ([start]) => start),
    ends: Int32Array.from(placed, ([, end]) => end),
    kinds: Uint8Array.from(rules, kindOf),
    tiers: Int8Array.from(rules, ({ isolate }) => (isolate === undefined ? -1 : RISKS.indexOf(isolate))),
    tier: RISKS.indexOf(tool.risk),
    kept: placement.kept,
    index: indexRules(code, conditions),
  };
}

function kindOf(rule: ToolProgram["rules"][number]): number {
  switch (rule.kind) {
    case "allow":
      return ALLOW | (rule.transforms === undefined || rule.transforms.length === 0 ? 0 : TRANSFORMS);
    case "ask":
      return ASK | (rule.transforms === undefined || rule.transforms.length === 0 ? 0 : TRANSFORMS);
    case "forbid":
      return FORBID;
    case "demand":
      return DEMAND;
    case "raise":
    case "quota":
      return OTHER;
  }
}
