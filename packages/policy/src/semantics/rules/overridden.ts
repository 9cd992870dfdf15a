import { acting, sayAt, type Checked, type PlacedRule } from "../checked.js";
import { SubjectIndex } from "../logic/index-by-subject.js";
import { implies, neverHolds } from "../logic/reason.js";

/** W208: a grant that a refusal always overrides, for every tool it is for. */
export function checkOverridden(checked: Checked): void {
  const index = new SubjectIndex<PlacedRule>();
  for (const placed of acting(checked)) if (placed.rule.kind === "forbid") index.add(placed.rule.when, placed);
  for (const { rule } of acting(checked)) {
    if ((rule.kind !== "allow" && rule.kind !== "ask") || neverHolds(rule.when)) continue;
    const left = new Set(rule.tools);
    const by: PlacedRule[] = [];
    for (const forbid of index.candidates(rule.when)) {
      if (!forbid.rule.tools.some((tool) => left.has(tool)) || !implies(rule.when, forbid.rule.when)) continue;
      for (const tool of forbid.rule.tools) left.delete(tool);
      by.push(forbid);
    }
    if (left.size > 0) continue;
    sayAt(
      checked,
      "W208",
      rule.at,
      { name: rule.id, list: by.map((one) => one.rule.id) },
      by.map((one) => ({ span: one.rule.at, message: "this refuses whatever it would grant" })),
    );
  }
}
