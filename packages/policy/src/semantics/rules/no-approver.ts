import type { Expression, Rule } from "@writ/ir";
import type { Value } from "@writ/ir/values";
import { sayAt, type Checked } from "../checked.js";
import { waysToHold } from "../logic/conjunctions.js";
import { constantOf, constantsOf } from "../logic/constants.js";
import { neverHolds } from "../logic/reason.js";

type Demanding = Extract<Rule, { kind: "ask" | "demand" }>;

/** E203: an approval that nobody can give is a refusal that does not say so. */
export function checkNoApprover(checked: Checked): void {
  const roles = new Map(checked.roles.map((role) => [role.name, role.when]));
  for (const { rule, node } of checked.placed) {
    if (rule.kind !== "ask" && rule.kind !== "demand") continue;
    const reason = whyNobody(rule, roles);
    const clause = node.clauses.find((one) => one.kind === "from");
    if (reason === undefined || clause === undefined) continue;
    const { line, column } = checked.program.modules[rule.at[0]]?.file.position(clause.at.start) ?? {
      line: 1,
      column: 1,
    };
    sayAt(checked, "E203", [rule.at[0], clause.at.start, clause.at.end, line, column], { name: rule.id, reason });
  }
}

function whyNobody(rule: Demanding, roles: ReadonlyMap<string, Expression>): string | undefined {
  const conditions = rule.demand.from.flatMap((name) => roles.get(name) ?? []);
  // A role that is missing has been spoken of.
  if (conditions.length < rule.demand.from.length) return undefined;
  if (conditions.every((when) => neverHolds(when))) return "no one can have any of these roles";
  const people = union(conditions.map(idsOf));
  if (people === undefined) return undefined;
  const asking = rule.demand.requester ? undefined : idsOf(expandRoles(rule.when, roles));
  const [only] = asking ?? [];
  const left = asking?.length === 1 && only !== undefined ? people.filter((one) => one !== only) : people;
  if (left.length >= rule.demand.quorum) return undefined;
  return left.length === 0
    ? "the only one who could agree is the one who asks"
    : `it wants ${rule.demand.quorum} people, and only ${left.length} can have these roles`;
}

/** The user ids that a condition admits; undefined where they are not listed. */
function idsOf(when: Expression): readonly Value[] | undefined {
  return union(
    waysToHold(when).map((way) => {
      for (const { node, holds } of way) {
        if (!holds) continue;
        if (node.op === "compare" && node.operator === "==" && isUserId(node.left)) {
          const value = constantOf(node.right);
          if (value !== undefined) return [value];
        }
        if (node.op === "in" && isUserId(node.left)) return constantsOf(node.right);
      }
      return undefined;
    }),
  );
}

function isUserId(node: Expression): boolean {
  return node.op === "claim" && node.of === "user" && node.name === "id";
}

function union(lists: readonly (readonly Value[] | undefined)[]): readonly Value[] | undefined {
  const all = new Set<Value>();
  for (const list of lists) {
    if (list === undefined) return undefined;
    for (const value of list) all.add(value);
  }
  return [...all];
}

/** A condition with the roles it names in their own words. */
function expandRoles(node: Expression, roles: ReadonlyMap<string, Expression>): Expression {
  if (node.op === "role") return roles.get(node.name) ?? node;
  if (node.op === "and" || node.op === "or")
    return { ...node, items: node.items.map((item) => expandRoles(item, roles)) };
  return node;
}
