import type { Rule } from "@writ/ir";
import { acting, sayAt, type Checked, type PlacedRule } from "../checked.js";
import { SubjectIndex } from "../logic/index-by-subject.js";
import { implies } from "../logic/reason.js";

/**
 * W207: a rule that another one of its kind wholly covers. It changes no decision, so it is left over, or one of the
 * two is not what was meant. What is found is so; not everything is found.
 */
export function checkCovered(checked: Checked): void {
  const rules = acting(checked).filter(
    ({ rule }) => rule.kind === "allow" || rule.kind === "ask" || rule.kind === "forbid",
  );
  const indexes = new Map<string, SubjectIndex<PlacedRule>>();
  for (const placed of rules) {
    const index = indexes.get(placed.rule.kind) ?? new SubjectIndex<PlacedRule>();
    indexes.set(placed.rule.kind, index);
    index.add(placed.rule.when, placed);
  }
  const order = new Map(rules.map((placed, i) => [placed, i]));
  for (const placed of rules) {
    const { rule } = placed;
    if (hasDuties(rule)) continue;
    for (const other of indexes.get(rule.kind)?.candidates(rule.when) ?? []) {
      if (other === placed || !sameDemand(rule, other.rule)) continue;
      if (!isSubset(rule.tools, other.rule.tools) || !implies(rule.when, other.rule.when)) continue;
      // Of two that cover each other the later one is left over.
      if (covers(placed, other) && (order.get(placed) ?? 0) < (order.get(other) ?? 0)) continue;
      sayAt(checked, "W207", rule.at, { name: rule.id, what: other.rule.id }, [
        { span: other.rule.at, message: "this one covers it" },
      ]);
      break;
    }
  }
}

function covers(wide: PlacedRule, narrow: PlacedRule): boolean {
  return (
    !hasDuties(narrow.rule) && isSubset(narrow.rule.tools, wide.rule.tools) && implies(narrow.rule.when, wide.rule.when)
  );
}

/** A rule that does more than decide is not left over where another decides the same. */
function hasDuties(rule: Rule): boolean {
  return (
    rule.limits.length > 0 ||
    rule.isolate !== undefined ||
    ((rule.kind === "allow" || rule.kind === "ask") && (rule.transforms?.length ?? 0) > 0) ||
    (rule.kind === "ask" && rule.remember !== undefined)
  );
}

/** Tools that are looked through sooner than put into a set. */
const FEW = 8;

function sameDemand(a: Rule, b: Rule): boolean {
  if (a.kind !== "ask" || b.kind !== "ask") return true;
  const { demand: one } = a;
  const { demand: other } = b;
  return (
    one.requester === other.requester &&
    one.quorum === other.quorum &&
    one.from.join(" ") === other.from.join(" ") &&
    one.show.every((shown) => other.show.includes(shown))
  );
}

function isSubset(a: readonly string[], b: readonly string[]): boolean {
  if (b.length <= FEW) return a.every((one) => b.includes(one));
  const all = new Set(b);
  return a.every((one) => all.has(one));
}
