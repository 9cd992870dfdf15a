import type { Decision, OutcomeEffect } from "@writ/ir";
import { combine, type Match } from "./combine.js";
import type { Frame } from "./engine/frame.js";
import { FORBID, isDemand, isGrant, NEEDS_APPROVAL, NO_TIER, TRANSFORMS } from "./engine/tool-code.js";
import type { Program, ToolProgram } from "./program.js";

/** What a decision says, and the first that says it. */
export interface Ruled {
  readonly effect: OutcomeEffect;
  /** A rule's id, or `input`, `default` or `tier`. */
  readonly by: string;
}

/** The same with the number of a rule for its id. */
interface Outcome {
  readonly effect: OutcomeEffect;
  readonly by: number | "default" | "tier";
}

/**
 * What was found of the rules of a tool in one call: which are not false, and which of these are unknown. The decision
 * follows from that alone, so that calls of which the same was found share one, which nobody can change.
 */
export class Finding implements Ruled {
  readonly effect: OutcomeEffect;
  /** The number of the rule that says it, or who says it. */
  readonly #by: number | string;
  readonly #program: Program;
  readonly #tool: ToolProgram;
  /** Numbers of rules, ascending, each twice, and one more where the rule is unknown. */
  readonly #rules: readonly number[];
  #decision: Decision | undefined;
  #matches: readonly Match[] | undefined;

  constructor(program: Program, tool: ToolProgram, rules: readonly number[], { effect, by }: Outcome) {
    this.effect = effect;
    this.#by = by;
    this.#program = program;
    this.#tool = tool;
    this.#rules = rules;
  }

  /** Looked up when it is asked for: of ten thousand rules the one that decides lies far from all that a decision looks at. */
  get by(): string {
    return typeof this.#by === "number" ? (this.#tool.rules[this.#by]?.id ?? "default") : this.#by;
  }

  /** The whole decision: every reason, demand and limit. Frozen. */
  get decision(): Decision {
    this.#decision ??= frozen(combine(this.#program, this.#tool, this.#live()));
    return this.#decision;
  }

  /** Every rule of the tool, those that are false too. Frozen. */
  get matches(): readonly Match[] {
    this.#matches ??= this.#all();
    return this.#matches;
  }

  #live(): readonly Match[] {
    const live: Match[] = [];
    for (const found of this.#rules) {
      const rule = this.#tool.rules[found >> 1];
      if (rule !== undefined) live.push({ rule, truth: (found & 1) === 1 ? undefined : true });
    }
    return live;
  }

  #all(): readonly Match[] {
    const matches = this.#tool.rules.map((rule): Match => ({ rule, truth: false }));
    for (const found of this.#rules) {
      const rule = this.#tool.rules[found >> 1];
      if (rule !== undefined) matches[found >> 1] = { rule, truth: (found & 1) === 1 ? undefined : true };
    }
    return Object.freeze(matches.map((match) => Object.freeze(match)));
  }
}

/** What is remembered of a tool is bounded: rules that come out in more ways than this are put together anew each time. */
const MOST_FINDINGS = 256;

/** What was found in a frame. */
export function findingOf(frame: Frame): Finding {
  const { program, tool, code, live, unknown, many } = frame;
  if (many === 0) return (code.nothing ??= madeOf(program, tool, 0, 0));
  if (many > 0) {
    const { manyRules } = frame;
    // Mostly one is left, and a list that is written takes less than one that is cut off.
    const rules = many === 1 ? [manyRules[0] ?? 0] : manyRules.slice(0, many);
    return new Finding(program, tool, rules, outcomeOf(program, tool, rules));
  }
  // Two numbers of thirty bits make one that a double holds exactly.
  const { findings } = code;
  if (unknown === 0 && live < findings.length)
    return findings[live] ?? (findings[live] = madeOf(program, tool, live, 0));
  const key = unknown === 0 ? live : live + unknown * 2 ** 30;
  return code.otherFindings?.get(key) ?? remembered(program, tool, key, live, unknown);
}

function remembered(program: Program, tool: ToolProgram, key: number, live: number, unknown: number): Finding {
  const { code } = tool;
  const finding = madeOf(program, tool, live, unknown);
  code.otherFindings ??= new Map();
  if (code.otherFindings.size < MOST_FINDINGS) code.otherFindings.set(key, finding);
  return finding;
}

function madeOf(program: Program, tool: ToolProgram, live: number, unknown: number): Finding {
  const rules: number[] = [];
  for (let left = live; left !== 0; left &= left - 1) {
    const bit = left & -left;
    rules.push((31 - Math.clz32(bit)) * 2 + ((unknown & bit) === 0 ? 0 : 1));
  }
  const finding = new Finding(program, tool, rules, outcomeOf(program, tool, rules));
  Object.freeze(finding);
  return finding;
}

/** The effect of a decision and its first reason, found without the rest of it. */
function outcomeOf(program: Program, tool: ToolProgram, rules: readonly number[]): Outcome {
  const { code } = tool;
  const { kinds, tiers } = code;
  const reply = tool === program.reply;
  let granting = -1;
  let demand = -1;
  let { tier } = code;
  for (const found of rules) {
    const rule = found >> 1;
    const unknown = (found & 1) === 1;
    const kind = kinds[rule] ?? FORBID;
    // What a rule would change in the arguments cannot be left open.
    if (kind === FORBID || (unknown && (kind & TRANSFORMS) !== 0)) return { effect: "forbid", by: rule };
    const plain = kind & ~TRANSFORMS;
    if (!unknown && granting < 0 && isGrant(plain)) granting = rule;
    if (demand < 0 && isDemand(plain)) demand = rule;
    if (tiers.length > 0) tier = Math.max(tier, tiers[rule] ?? -1);
  }
  const state = code.tierStates[tier] ?? NO_TIER;
  if (!reply && state === NO_TIER) return NO_TIER_FOR_IT;
  if (!reply && granting < 0) return NOTHING_GRANTS;
  if (demand >= 0) return { effect: "ask", by: demand };
  if (!reply && state === NEEDS_APPROVAL) return THE_TIER_ASKS;
  return granting < 0 ? ANSWERED : { effect: "allow", by: granting };
}

const NO_TIER_FOR_IT: Outcome = { effect: "forbid", by: "tier" };
const NOTHING_GRANTS: Outcome = { effect: "forbid", by: "default" };
const THE_TIER_ASKS: Outcome = { effect: "ask", by: "tier" };
/** The final answer needs no grant. */
const ANSWERED: Outcome = { effect: "allow", by: "default" };

/** Freezes a decision that was put together for this; nothing of the bundle is in it. */
function frozen(decision: Decision): Decision {
  const { demands } = decision;
  for (const reason of decision.reasons) Object.freeze(reason);
  for (const demand of demands) {
    Object.freeze(demand.from);
    Object.freeze(demand.show);
    Object.freeze(demand);
  }
  for (const limit of decision.limits) Object.freeze(limit);
  Object.freeze(decision.reasons);
  Object.freeze(demands);
  Object.freeze(decision.limits);
  if (decision.tier !== undefined) Object.freeze(decision.tier);
  return Object.freeze(decision);
}
