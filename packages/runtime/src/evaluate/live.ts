import type { Decision, OutcomeEffect } from "@writ/ir";
import { combine, type Match } from "./combine.js";
import type { LiveRules } from "./engine/live-rules.js";
import { FALSE, UNKNOWN } from "./engine/operations.js";
import { ALLOW, ASK, DEMAND, FORBID, NEEDS_APPROVAL, NO_TIER, TRANSFORMS } from "./engine/tool-code.js";
import type { Program, ToolProgram } from "./program.js";

/** What was found of the rules of a tool in one call: numbers of rules, from which everything else is put together when asked for. */
export class Live {
  readonly program: Program;
  readonly tool: ToolProgram;
  readonly #rules: LiveRules;

  constructor(program: Program, tool: ToolProgram, rules: LiveRules) {
    this.program = program;
    this.tool = tool;
    this.#rules = rules;
  }

  /** The whole decision: every reason, demand and limit. */
  whole(): Decision {
    const live: Match[] = [];
    for (const found of ascending(this.#rules)) {
      const rule = this.tool.rules[found >> 1];
      if (rule !== undefined) live.push({ rule, truth: (found & 1) === 1 ? undefined : true });
    }
    return combine(this.program, this.tool, live);
  }

  /** Every rule of the tool, those that are false too. */
  matches(): readonly Match[] {
    const matches: Match[] = this.tool.rules.map((rule) => ({ rule, truth: false }));
    for (const found of ascending(this.#rules)) {
      const rule = this.tool.rules[found >> 1];
      if (rule !== undefined) matches[found >> 1] = { rule, truth: (found & 1) === 1 ? undefined : true };
    }
    return matches;
  }
}

export interface Outcome {
  readonly effect: OutcomeEffect;
  readonly by: string;
}

/** The effect of a decision and its first reason, found without the rest of it. */
export function outcomeOf(program: Program, tool: ToolProgram, rules: LiveRules): Outcome {
  const { code } = tool;
  const { kinds, tiers } = code;
  const reply = tool === program.reply;
  const few = typeof rules === "number";
  let granting = -1;
  let demand = -1;
  let { tier } = code;
  let bits = few ? rules : 0;
  for (let i = 0; few ? bits !== 0 : i < rules.length; i += 1) {
    const found = few ? ofBits(bits & 3, i) : (rules[i] ?? -1);
    bits >>>= 2;
    if (found < 0) continue;
    const rule = found >> 1;
    const unknown = (found & 1) === 1;
    const kind = kinds[rule] ?? FORBID;
    // What a rule would change in the arguments cannot be left open.
    if (kind === FORBID || (unknown && (kind & TRANSFORMS) !== 0)) return by(tool, "forbid", rule);
    const plain = kind & ~TRANSFORMS;
    if (!unknown && granting < 0 && (plain === ALLOW || plain === ASK)) granting = rule;
    if (demand < 0 && (plain === ASK || plain === DEMAND)) demand = rule;
    if (tiers.length > 0) tier = Math.max(tier, tiers[rule] ?? -1);
  }
  const state = code.tierStates[tier] ?? NO_TIER;
  if (!reply && state === NO_TIER) return NO_TIER_FOR_IT;
  if (!reply && granting < 0) return NOTHING_GRANTS;
  if (demand >= 0) return by(tool, "ask", demand);
  if (!reply && state === NEEDS_APPROVAL) return THE_TIER_ASKS;
  return granting < 0 ? ANSWERED : by(tool, "allow", granting);
}

function by(tool: ToolProgram, effect: OutcomeEffect, rule: number): Outcome {
  return { effect, by: tool.rules[rule]?.id ?? "default" };
}

const NO_TIER_FOR_IT: Outcome = { effect: "forbid", by: "tier" };
const NOTHING_GRANTS: Outcome = { effect: "forbid", by: "default" };
const THE_TIER_ASKS: Outcome = { effect: "ask", by: "tier" };
/** The final answer needs no grant. */
const ANSWERED: Outcome = { effect: "allow", by: "default" };

/** A rule as the longer form of live rules has it; -1 where it is false. */
function ofBits(truth: number, rule: number): number {
  return truth === FALSE ? -1 : rule * 2 + (truth === UNKNOWN ? 1 : 0);
}

function ascending(rules: LiveRules): readonly number[] {
  if (typeof rules !== "number") return rules;
  const out: number[] = [];
  for (let rule = 0; rules >> (2 * rule) !== 0; rule += 1) {
    const found = ofBits((rules >> (2 * rule)) & 3, rule);
    if (found >= 0) out.push(found);
  }
  return out;
}
