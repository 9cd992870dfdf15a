import type { Expression, Field, Tool } from "@writ/ir";
import { expand } from "../infer/scope.js";
import { acting, grantsOf, symbolOfTool, type Checked } from "../checked.js";
import { constantOf, constantsOf } from "../logic/constants.js";

/**
 * E303: a tool that is handed an address and is no egress can still carry data out in it. Either it is an egress, or
 * every grant holds the host to a list.
 */
export function checkOpenHost(checked: Checked): void {
  for (const tool of checked.tools) {
    if (tool.effects.includes("egress")) continue;
    const symbol = symbolOfTool(checked, tool);
    const grants = grantsOf(checked, tool);
    if (symbol === undefined || grants.length === 0) continue;
    for (const param of tool.params) {
      if (!isAddress(param, checked)) continue;
      if (
        acting(checked).some(
          ({ rule }) =>
            rule.kind === "forbid" && rule.tools.includes(tool.name) && isHeld(rule.when, param, tool, false),
        )
      )
        continue;
      const open = grants.find(({ rule }) => !isHeld(rule.when, param, tool, true));
      const node = symbol.node.params.find((one) => one.name.text === param.name);
      if (open === undefined || node === undefined) continue;
      checked.program.report.add(
        "E303",
        symbol.module.file,
        node.name.at,
        { name: param.name, what: tool.name, expected: open.rule.id, reason: hostOf(param, checked) },
        { related: [{ file: open.scope.module.file, at: ruleName(open.node), message: "this grant leaves it open" }] },
      );
    }
  }
}

function ruleName(node: {
  readonly name: { readonly at: { start: number; end: number } } | undefined;
  readonly at: { start: number; end: number };
}): {
  start: number;
  end: number;
} {
  return node.name?.at ?? node.at;
}

function elementOf(param: Field, checked: Checked): string {
  const type = expand(param.type, checked.types);
  return type.kind === "List" ? expand(type.of, checked.types).kind : type.kind;
}

function isAddress(param: Field, checked: Checked): boolean {
  const kind = elementOf(param, checked);
  return kind === "Url" || kind === "Host";
}

function hostOf(param: Field, checked: Checked): string {
  return elementOf(param, checked) === "Url" ? `${param.name}.host` : param.name;
}

/** Whether a condition that is true (or false) leaves only hosts of a list for an argument. */
function isHeld(node: Expression, param: Field, tool: Tool, holds: boolean): boolean {
  switch (node.op) {
    case "and":
      return holds
        ? node.items.some((item) => isHeld(item, param, tool, true))
        : node.items.every((item) => isHeld(item, param, tool, false));
    case "or":
      return holds
        ? node.items.every((item) => isHeld(item, param, tool, true))
        : node.items.some((item) => isHeld(item, param, tool, false));
    case "not":
      return isHeld(node.of, param, tool, !holds);
    case "every":
      return holds && isArgument(node.list, param) && isHeldTo(node.body, (one) => isVariable(one, node.variable));
    case "some": {
      if (holds || !isArgument(node.list, param)) return false;
      const of = node.body.op === "not" ? node.body.of : undefined;
      return of !== undefined && isHeldTo(of, (one) => isVariable(one, node.variable));
    }
    case "given":
      // Not given, there is no address.
      return !holds && node.path.length === 1 && node.path[0] === param.name;
    case "compare":
      if (isToolName(node)) return holds && node.operator === "==" && constantOf(node.right) !== tool.name;
      return (
        node.operator === (holds ? "==" : "!=") &&
        isHeldTo({ ...node, operator: "==" }, (one) => isArgument(one, param))
      );
    default:
      return holds && isHeldTo(node, (one) => isArgument(one, param));
  }
}

function isToolName(node: Extract<Expression, { op: "compare" }>): boolean {
  return node.left.op === "tool" && node.left.field === "name";
}

function isVariable(node: Expression, name: string): boolean {
  return node.op === "variable" && node.name === name;
}

function isArgument(node: Expression, param: Field): boolean {
  if (node.op === "map") return isArgument(node.list, param) && node.body.op === "member";
  return node.op === "arg" && node.name === param.name;
}

/** Whether a condition holds the host of an address to a list. */
function isHeldTo(node: Expression, isSubject: (node: Expression) => boolean): boolean {
  const isHost = (one: Expression): boolean =>
    isSubject(one) || (one.op === "member" && (one.name === "host" || one.name === "domain") && isSubject(one.of));
  switch (node.op) {
    case "and":
      return node.items.some((item) => isHeldTo(item, isSubject));
    case "or":
      return node.items.length > 0 && node.items.every((item) => isHeldTo(item, isSubject));
    case "hostIn":
      return isHost(node.left);
    case "compare":
      return node.operator === "==" && isHost(node.left) && constantOf(node.right) !== undefined;
    case "in":
      return isHost(node.left) && constantsOf(node.right) !== undefined;
    default:
      return false;
  }
}
