import type { Risk } from "@writ/ir";
import type { NamedTypes } from "@writ/ir/values";
import type { Program, ToolProgram } from "../program.js";
import type { Finding } from "../finding.js";
import type { Code } from "./code.js";
import type { Column } from "./column.js";
import { columnsOf, FEW_RULES } from "./columns.js";
import { Placement } from "./draft.js";
import { Lowering, type Lowered } from "./lower-condition.js";
import { indexRules, type RuleIndex } from "./rule-index.js";
import { markSure } from "./sure.js";
import { paramsOf, Slots, type Derived, type Params } from "./slots.js";

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

export const NO_TIER = 0;
export const TIER = 1;
export const NEEDS_APPROVAL = 2;

/** What a policy says of each tier. */
export function tierStates(tiers: Program["bundle"]["tiers"]): Uint8Array {
  const states = new Uint8Array(RISKS.length);
  for (const { name, approve } of tiers) states[RISKS.indexOf(name)] = approve === undefined ? TIER : NEEDS_APPROVAL;
  return states;
}

/** The decision program of one tool. */
export interface ToolCode {
  // What every call looks at stands first, and so lies close together.
  /** How many slots are arguments, and how many there are. */
  readonly args: number;
  readonly size: number;
  /** How many truths a decision keeps. */
  readonly kept: number;
  readonly params: Params;
  /** Whether the rules are few enough to be bits of a number. */
  readonly few: boolean;
  /** Of few rules: what they ask, value by value; what is left to `starts` and `ends` is only what no column answers. */
  readonly columns: readonly Column[];
  /** Of each argument the column that it is put to as it came, where there is one. */
  readonly asked: readonly (Column | undefined)[];
  /** Of few rules, as bits: all, and those of which columns do not answer all. */
  readonly everyRule: number;
  readonly walked: number;
  /** What was found in earlier calls: by the bits of the rules, where these are no more than {@link DIRECT_RULES}. */
  readonly findings: (Finding | undefined)[];
  /** The same of more rules, and where some were unknown. */
  otherFindings: Map<number, Finding> | undefined;
  /** What was found where no rule of many is left. */
  nothing: Finding | undefined;
  /** What the slots after the arguments hold. */
  readonly derived: readonly Derived[];
  readonly code: Code;
  /** Where the condition of each rule begins and ends. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** What each rule is: its kind, and {@link TRANSFORMS}. */
  readonly kinds: readonly number[];
  /** The place among {@link RISKS} of the tier that each rule asks for; -1, or nothing, where it asks for none. */
  readonly tiers: readonly number[];
  /** The same of the tool. */
  readonly tier: number;
  /** What the policy says of each tier: {@link NO_TIER}, {@link NEEDS_APPROVAL} or neither. */
  readonly tierStates: Uint8Array;
  readonly index: RuleIndex | undefined;
}

/** What compiling a tool needs of its program. */
export interface CodeSource extends Lowered {
  readonly identity: Program["bundle"]["identity"];
  readonly tierStates: Uint8Array;
  readonly types: NamedTypes;
}

/** Whether a kind lets a call run, or has somebody asked. */
export function isGrant(kind: number): boolean {
  return kind === ALLOW || kind === ASK;
}

export function isDemand(kind: number): boolean {
  return kind === ASK || kind === DEMAND;
}

/** Of so few rules every way in which they may come out has a place in a list. */
const DIRECT_RULES = 6;

const NO_TIERS: readonly number[] = [];
/** Where columns answer everything of every rule. */
const NO_PLACES: readonly number[] = [];

/** Compiles the conditions of one tool's rules. */
export function compileTool(
  source: CodeSource,
  { tool, rules }: Pick<ToolProgram, "tool" | "rules">,
  code: Code,
): ToolCode {
  const params = code.params(JSON.stringify(tool.params), () => paramsOf(tool.params, source.types));
  const slots = new Slots(params, source.identity);
  const lowering = new Lowering(source, code, slots);
  const conditions = rules.map(({ when }) => lowering.conjuncts(when));
  const placement = new Placement(code);
  const few = rules.length <= FEW_RULES;
  const { columns, rest } = few ? columnsOf(code, conditions, params.names.length) : { columns: [], rest: conditions };
  const index = few
    ? undefined
    : indexRules(code, conditions, (slot) => slots.derived[slot - params.names.length]?.claim);
  for (const conjuncts of rest) placement.count(conjuncts);
  const placed = rest.map((conjuncts, i) => placement.place(conjuncts, index?.keys[i]));
  const asks = !few || rest.some((conjuncts) => conjuncts.length > 0);
  code.settle();
  return {
    args: params.names.length,
    size: params.names.length + slots.derived.length,
    kept: placement.kept,
    params,
    few,
    columns,
    asked: markSure(columns, params, slots.derived),
    everyRule: few ? bitsOf(rest, () => true) : 0,
    walked: few ? bitsOf(rest, (conjuncts) => conjuncts.length > 0) : 0,
    findings: rules.length <= DIRECT_RULES ? Array.from({ length: 1 << rules.length }, () => undefined) : [],
    otherFindings: undefined,
    nothing: undefined,
    derived: slots.derived,
    code,
    starts: asks ? placed.map(([start]) => start) : NO_PLACES,
    ends: asks ? placed.map(([, end]) => end) : NO_PLACES,
    kinds: rules.map(kindOf),
    tiers: rules.every(({ isolate }) => isolate === undefined)
      ? NO_TIERS
      : rules.map(({ isolate }) => (isolate === undefined ? -1 : RISKS.indexOf(isolate))),
    tier: RISKS.indexOf(tool.risk),
    tierStates: source.tierStates,
    index,
  };
}

function bitsOf<T>(rules: readonly T[], holds: (rule: T) => boolean): number {
  return rules.reduce((bits, rule, i) => (holds(rule) ? bits | (1 << i) : bits), 0);
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
