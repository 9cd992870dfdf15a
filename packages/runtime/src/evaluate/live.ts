import type { Decision, OutcomeEffect } from "@writ/ir";
import { combine, type Match } from "./combine.js";
import { ALLOW, ASK, DEMAND, FORBID, RISKS, TRANSFORMS } from "./engine/tool-code.js";
import type { Program, ToolProgram } from "./program.js";

/** What was found of the rules of a tool in one call: numbers of rules, from which everything else is put together when asked for. */
export class Live {
  readonly program: Program;
  readonly tool: ToolProgram;
  /** See `liveRules`. */
  readonly #rules: readonly number[];

  constructor(program: Program, tool: ToolProgram, rules: readonly number[]) {
    this.program = program;
    this.tool = tool;
    this.#rules = rules;
  }

  /** The whole decision: every reason, demand and limit. */
  decision(): Decision {
    const live: Match[] = [];
    for (const found of this.#rules) {
      const rule = this.tool.rules[found >> 1];
      if (rule !== undefined) live.push({ rule, truth: (found & 1) === 1 ? undefined : true });
    }
    return combine(this.program, this.tool, live);
  }

  /** Every rule of the tool, those that are false too. */
  matches(): readonly Match[] {
    const matches: Match[] = this.tool.rules.map((rule) => ({ rule, truth: false }));
    for (const found of this.#rules) {
      const rule = this.tool.rules[found >> 1];
      if (rule !== undefined) matches[found >> 1] = { rule, truth: (found & 1) === 1 ? undefined : true };
    }
    return matches;
  }

  /** The effect of the decision and its first reason, found without the rest of it. */
  outcome(): { readonly effect: OutcomeEffect; readonly by: string } {
    const { code, rules } = this.tool;
    const reply = this.tool === this.program.reply;
    let [refusal, granting, demand] = [-1, -1, -1];
    let { tier } = code;
    for (const found of this.#rules) {
      const rule = found >> 1;
      const unknown = (found & 1) === 1;
      const kind = code.kinds[rule] ?? FORBID;
      if (kind === FORBID || (unknown && (kind & TRANSFORMS) !== 0)) {
        refusal = rule;
        break;
      }
      const plain = kind & ~TRANSFORMS;
      if (!unknown && granting < 0 && (plain === ALLOW || plain === ASK)) granting = rule;
      if (demand < 0 && (plain === ASK || plain === DEMAND)) demand = rule;
      tier = Math.max(tier, code.tiers[rule] ?? -1);
    }
    if (refusal >= 0) return { effect: "forbid", by: rules[refusal]?.id ?? "default" };
    const risk = RISKS[tier];
    const needs = reply || risk === undefined ? undefined : this.program.tiers.get(risk);
    if (!reply && needs === undefined) return { effect: "forbid", by: "tier" };
    if (!reply && granting < 0) return { effect: "forbid", by: "default" };
    if (demand >= 0) return { effect: "ask", by: rules[demand]?.id ?? "tier" };
    if (needs?.approve !== undefined) return { effect: "ask", by: "tier" };
    return { effect: "allow", by: rules[granting]?.id ?? "default" };
  }
}
