import { walk, type Expression, type Role } from "@writ/ir";

/**
 * The condition of each role, but for those that lead to themselves or to one that does: they are unknown for
 * everybody. No policy compiles to them; in a bundle by another hand a decision would otherwise depend on which rule
 * looks at such a role first, since what is known of it on the way is less than what is known of it in the end.
 */
export function roleConditions(roles: readonly Role[]): ReadonlyMap<string, Expression> {
  const conditions = new Map(roles.map((role) => [role.name, role.when]));
  const needs = new Map<string, number>();
  const neededBy = new Map<string, string[]>();
  for (const [name, when] of conditions) {
    const named = new Set<string>();
    walk(when, (node) => void (node.op === "role" && conditions.has(node.name) && named.add(node.name)));
    needs.set(name, named.size);
    for (const other of named) {
      const known = neededBy.get(other);
      if (known === undefined) neededBy.set(other, [name]);
      else known.push(name);
    }
  }
  const sound = new Map<string, Expression>();
  const ready = [...needs].flatMap(([name, count]) => (count === 0 ? [name] : []));
  for (let name = ready.pop(); name !== undefined; name = ready.pop()) {
    const when = conditions.get(name);
    if (when !== undefined) sound.set(name, when);
    for (const other of neededBy.get(name) ?? []) {
      const left = (needs.get(other) ?? 0) - 1;
      needs.set(other, left);
      if (left === 0) ready.push(other);
    }
  }
  return sound;
}
