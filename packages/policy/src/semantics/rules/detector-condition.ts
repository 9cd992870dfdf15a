import { walk, type Expression } from "@writ/ir";
import { sayAt, type Checked } from "../checked.js";

/**
 * E202: an `output` that acts only where a detector finds something. `when` chooses the results a rule is for, so it
 * would redact, and then hand out, what was meant to be withheld.
 */
export function checkDetectorCondition(checked: Checked): void {
  for (const { rule, node } of checked.placed) {
    if (rule.kind !== "output" || !onlyDetects(rule.when)) continue;
    const clause = node.clauses.find((one) => one.kind === "when");
    if (clause === undefined) continue;
    const { at } = rule;
    const { line, column } = checked.program.modules[at[0]]?.file.position(clause.at.start) ?? { line: 1, column: 1 };
    sayAt(checked, "E202", [at[0], clause.at.start, clause.at.start + "when".length, line, column], { name: rule.id });
  }
}

function onlyDetects(when: Expression): boolean {
  const parts = when.op === "and" || when.op === "or" ? when.items : [when];
  return (
    parts.length > 0 &&
    parts.every((part) => (part.op === "and" || part.op === "or" ? onlyDetects(part) : detects(part)))
  );
}

function detects(node: Expression): boolean {
  let found = false;
  let other = false;
  walk(node, (one) => {
    if (one.op === "detects") found = true;
    if (one.op === "compare" || one.op === "role" || one.op === "claim" || one.op === "in") other = true;
  });
  return found && !other;
}
