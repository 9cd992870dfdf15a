import { walk, type Expression } from "@writ/ir";
import { sayAt, type Checked } from "../checked.js";

/**
 * E144: inside an event `args` is what the earlier call was given, so `number == args.number` compares it with itself and
 * always holds. The call at hand cannot be named there; what was meant would let any earlier call do.
 */
export function checkEventComparesItself(checked: Checked): void {
  for (const { rule } of checked.placed) {
    walk(rule.when, (node) => {
      if (node.op !== "did" || node.event.when === undefined) return;
      walk(node.event.when, (inner) => {
        if ((inner.op === "compare" || inner.op === "in") && isSame(inner.left, inner.right)) {
          sayAt(checked, "E144", inner.at, { name: inner.left.op === "arg" ? inner.left.name : "it" });
        }
      });
    });
  }
}

function isSame(a: Expression, b: Expression): boolean {
  if (a.op === "arg") return b.op === "arg" && a.name === b.name;
  if (a.op === "field" || a.op === "member") return b.op === a.op && a.name === b.name && isSame(a.of, b.of);
  return a.op === "result" && b.op === "result";
}
