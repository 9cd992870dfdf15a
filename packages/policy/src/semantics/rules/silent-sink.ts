import { walk, type Expression, type Field, type Rule, type Tool } from "@writ/ir";
import { expand } from "../infer/scope.js";
import { acting, grantsOf, sayAt, type Checked } from "../checked.js";
import { sameType } from "../type-relations.js";

const SENDING = ["egress", "pay", "exec", "write"] as const;

/** E304: a grant that says nothing of an argument that says where data goes: the hidden copy goes where it likes. */
export function checkSilentSink(checked: Checked): void {
  for (const tool of checked.tools) {
    if (!SENDING.some((effect) => tool.effects.includes(effect))) continue;
    for (const sink of tool.sinks) {
      const param = tool.params.find((one) => one.name === sink);
      if (param === undefined || isForbidden(checked, tool, param)) continue;
      for (const { rule } of grantsOf(checked, tool)) {
        if (!speaksOf(rule, param, checked))
          sayAt(checked, "E304", rule.at, { name: sink, what: tool.name, expected: rule.id });
      }
    }
  }
}

/** A refusal that every call of the tool passes, and that looks at the argument, speaks for all grants. */
function isForbidden(checked: Checked, tool: Tool, param: Field): boolean {
  return acting(checked).some(
    ({ rule, node }) =>
      rule.kind === "forbid" &&
      rule.form === undefined &&
      rule.tools.includes(tool.name) &&
      !node.clauses.some((clause) => clause.kind === "for") &&
      speaksOf(rule, param, checked),
  );
}

function speaksOf(rule: Rule, param: Field, checked: Checked): boolean {
  if (mentions(rule.when, param, checked)) return true;
  if (rule.kind !== "allow" && rule.kind !== "ask") return false;
  if (
    rule.limits.some((limit) =>
      [...limit.by, ...("of" in limit ? [limit.of] : [])].some((one) => mentions(one, param, checked)),
    )
  )
    return true;
  if ((rule.transforms ?? []).some((transform) => transform.path[0] === param.name)) return true;
  // A person who is shown it says something of it.
  return rule.kind === "ask" && rule.demand.show.some((one) => one === "args" || one.split(".")[0] === param.name);
}

function mentions(node: Expression, param: Field, checked: Checked): boolean {
  let found = false;
  const type = expand(param.type, checked.types);
  const element = type.kind === "List" ? type.of : type;
  walk(node, (one) => {
    if (one.op === "arg" && one.name === param.name) found = true;
    if (one.op === "given" && one.path[0] === param.name) found = true;
    if (one.op === "argsOf" && sameType(one.type, element)) found = true;
    if (one.op === "sinks") found = true;
  });
  return found;
}
