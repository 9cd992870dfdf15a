import type { Transform } from "@writ/ir";
import { acting, sayAt, type Checked } from "../checked.js";
import { neverTogether } from "../logic/reason.js";

/**
 * E204: transforms of the grants that match apply once, to disjoint paths. Two that may both change one value have
 * no order, so there is no answer to what the tool gets.
 */
export function checkConflictingTransforms(checked: Checked): void {
  const grants = acting(checked).flatMap(({ rule }) =>
    (rule.kind === "allow" || rule.kind === "ask") && (rule.transforms?.length ?? 0) > 0
      ? [{ rule, transforms: rule.transforms ?? [] }]
      : [],
  );
  for (const [i, one] of grants.entries()) {
    for (const [j, transform] of one.transforms.entries()) {
      const inside = one.transforms.slice(0, j).find((other) => touch(transform, other));
      if (inside !== undefined) say(checked, transform, inside, one.rule.id);
    }
    for (const other of grants.slice(0, i)) {
      if (!one.rule.tools.some((tool) => other.rule.tools.includes(tool))) continue;
      for (const transform of one.transforms) {
        const clash = other.transforms.find((candidate) => touch(transform, candidate));
        if (clash !== undefined && !neverTogether([one.rule.when, other.rule.when]))
          say(checked, transform, clash, other.rule.id);
      }
    }
  }
}

function say(checked: Checked, transform: Transform, other: Transform, by: string): void {
  sayAt(checked, "E204", transform.at, { name: transform.path.join("."), what: by }, [
    { span: other.at, message: "the other change" },
  ]);
}

/** Whether one path is the other, or lies below it. */
function touch(a: Transform, b: Transform): boolean {
  const length = Math.min(a.path.length, b.path.length);
  return a.path.slice(0, length).every((part, i) => part === b.path[i]);
}
