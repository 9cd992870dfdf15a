import { printExpression, type Bundle, type Expression, type Rule } from "@writ/ir";
import type { Watcher } from "@writ/runtime/rehearsal";
import type { ConditionCoverage, Counts, PolicyCoverage, RuleCoverage, Untouched } from "./coverage-report.js";
import { placeOf } from "./place.js";
import { headOf, toolWords } from "./rule-words.js";

type Tally = { true: number; false: number; unknown: number };

/** Counts what a rehearsal's calls touch of its bundle's rules. */
export class CoverageCount implements Watcher {
  readonly #bundle: Bundle;
  readonly #rules = new Map<Rule, Tally & { decided: number }>();
  readonly #conditions = new Map<Expression, Tally>();

  /** `bundle` is the rehearsal's own: rules and conditions are told apart by identity. */
  constructor(bundle: Bundle) {
    this.#bundle = bundle;
  }

  rule(rule: Rule, truth: boolean | undefined, decides: boolean): void {
    const tally = this.#rules.get(rule) ?? { true: 0, false: 0, unknown: 0, decided: 0 };
    this.#rules.set(rule, tally);
    tally[word(truth)] += 1;
    if (decides) tally.decided += 1;
  }

  condition(_: Rule, node: Expression, truth: boolean | undefined): void {
    const tally = this.#conditions.get(node) ?? { true: 0, false: 0, unknown: 0 };
    this.#conditions.set(node, tally);
    tally[word(truth)] += 1;
  }

  report(): PolicyCoverage {
    const measured = this.#bundle.rules.filter((rule) => rule.kind !== "output" && rule.shadow !== true);
    const perRule = measured.map((rule) => this.#ruleCoverage(rule));
    const conditions = perRule.flatMap((rule) => rule.conditions);
    const seen = conditions.reduce((sum, one) => sum + (one.true > 0 ? 1 : 0) + (one.false > 0 ? 1 : 0), 0);
    return {
      rules: { total: perRule.length, covered: perRule.filter(({ decided }) => decided > 0).length },
      branches: { total: 2 * conditions.length, covered: seen },
      perRule,
      untouched: measured.flatMap((rule, i) => untouched(headOf(rule), perRule[i])),
      notMeasured: this.#bundle.rules
        .filter((rule) => !measured.includes(rule))
        .map((rule) => ({
          rule: rule.id,
          at: placeOf(this.#bundle, rule.at),
          kind: rule.shadow === true ? "shadow" : rule.kind,
        })),
    };
  }

  #ruleCoverage(rule: Rule): RuleCoverage {
    const { decided = 0, ...live } = this.#rules.get(rule) ?? { true: 0, false: 0, unknown: 0 };
    const conditions = new Map<string, ConditionCoverage>();
    for (const node of branches(rule.when, undefined)) {
      const at = placeOf(this.#bundle, node.at);
      const text = printExpression(node);
      const tally = this.#conditions.get(node) ?? { true: 0, false: 0, unknown: 0 };
      // What a `let` brings in twice is one condition to whoever reads the policy.
      const key = JSON.stringify([node.at, text]);
      conditions.set(key, { at, text, ...add(tally, conditions.get(key)) });
    }
    return {
      rule: rule.id,
      kind: rule.kind,
      at: placeOf(this.#bundle, rule.at),
      tools: rule.tools,
      live,
      decided,
      conditions: [...conditions.values()],
    };
  }
}

/**
 * What of a condition can come out by itself: operands, comparisons, quantifiers and their bodies. The whole is the
 * rule's own truth, unless nothing is in it; a `not` says what its operand says; a literal says nothing.
 */
function branches(node: Expression, within: Expression["op"] | undefined): readonly Expression[] {
  switch (node.op) {
    case "literal":
      return [];
    case "not":
      return branches(node.of, within === undefined ? undefined : "not");
    case "and":
    case "or":
      // `a and (b and c)` is one list of three.
      return [
        ...(within === undefined || within === node.op ? [] : [node]),
        ...node.items.flatMap((item) => branches(item, node.op)),
      ];
    case "every":
    case "some":
      return [node, ...branches(node.body, node.op)];
    default:
      return [node];
  }
}

function untouched(head: string, rule: RuleCoverage | undefined): readonly Untouched[] {
  if (rule === undefined) return [];
  const of = { rule: rule.rule, at: rule.at, text: head };
  const { live } = rule;
  if (live.true + live.false + live.unknown === 0)
    return [{ ...of, missing: `no test calls ${toolWords(rule.tools)}` }];
  const parts = rule.conditions.flatMap((one) => {
    const missing = missingOf(one);
    return missing === undefined ? [] : [{ rule: rule.rule, at: one.at, text: one.text, missing }];
  });
  if (rule.decided > 0) return parts;
  const why =
    live.true > 0
      ? "holds, and never decides"
      : live.unknown > 0
        ? "never true, only unknown, and never decides"
        : "never true";
  return [{ ...of, missing: why }, ...parts];
}

function missingOf(counts: Counts): string | undefined {
  if (counts.true > 0 && counts.false > 0) return undefined;
  if (counts.true > 0) return "never false";
  if (counts.false > 0) return "never true";
  return counts.unknown > 0 ? "only unknown" : "never looked at";
}

function add(a: Counts, b: Counts | undefined): Counts {
  return b === undefined ? a : { true: a.true + b.true, false: a.false + b.false, unknown: a.unknown + b.unknown };
}

function word(truth: boolean | undefined): keyof Counts {
  return truth === undefined ? "unknown" : truth ? "true" : "false";
}
