import type { Expression, Span } from "@writ/ir";
import { sayAt, type Checked } from "../checked.js";
import { alwaysHolds } from "../logic/reason.js";

/** W205: a condition that holds for every call says nothing, and is probably not the one that was meant. */
export function checkAlwaysHolds(checked: Checked): void {
  for (const { rule } of checked.placed) {
    for (const part of partsOf(rule.when)) {
      // A rule without conditions has one of its own, that stands where its name does.
      if (isAt(part.at, rule.at)) continue;
      if (alwaysHolds(part)) sayAt(checked, "W205", part.at, { name: rule.id });
    }
  }
}

function partsOf(node: Expression): readonly Expression[] {
  return node.op === "and" ? node.items.flatMap((item) => [...partsOf(item)]) : [node];
}

function isAt(a: Span, b: Span): boolean {
  return a.every((value, i) => value === b[i]);
}
