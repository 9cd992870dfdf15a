import type { Expression, Tool } from "@writ/ir";
import { suggest } from "../diagnostics/suggest.js";
import { resultOf } from "../semantics/infer/events.js";
import { bareScope, expand, type Inference, type Scope } from "../semantics/infer/scope.js";
import { viewOf, type Program } from "../semantics/resolve.js";
import type { ModuleScope, ToolSymbol } from "../semantics/symbols.js";
import { parametersOf } from "../semantics/targets.js";
import { aType, commonType } from "../semantics/type-relations.js";
import type { Attribute } from "../syntax/ast.js";
import { complain, spanAt } from "./lowering.js";

/** Reads what a tool says over its own arguments and result: `readers` and `undo`. */
export function lowerToolExpressions(tool: Tool, symbol: ToolSymbol, inference: Inference): void {
  const module = inference.program.scopes.get(symbol.module);
  if (module === undefined) return;
  const program = viewOf(inference.program, module);
  for (const attribute of symbol.node.attributes) {
    if (attribute.kind === "readers") lowerReaders(tool, attribute, module, inference, program);
    if (attribute.kind === "undo") lowerUndo(tool, attribute, module, inference, program);
  }
}

function scopeOf(tool: Tool, module: ModuleScope): Scope {
  return {
    ...bareScope(module, "tool"),
    parameters: parametersOf([tool], { visible: new Map(), parameters: new Map() }),
    result: resultOf([{ tool: tool.name, type: tool.result }]),
  };
}

/** Who may read a result: one value or a list of them. */
function lowerReaders(
  tool: Tool,
  attribute: Extract<Attribute, { kind: "readers" }>,
  module: ModuleScope,
  inference: Inference,
  program: Program,
): void {
  const typed = inference.value(attribute.expression, scopeOf(tool, module));
  if (typed === undefined) return;
  const type = expand(typed.type, inference.types);
  const one = type.kind === "List" ? expand(type.of, inference.types) : type;
  if (one.kind === "List" || one.kind === "Record" || one.kind === "Json" || one.kind === "Bool") {
    return complain(program, "E110", attribute.expression.at, {
      reason: `\`readers\` says who may read a result, this is ${aType(typed.type)}`,
      expected: "name an address, an id, or a list of them",
    });
  }
  const at = spanAt(module, attribute.expression.at);
  const list: Expression = type.kind === "List" ? typed.node : { op: "list", items: [typed.node], at };
  tool.readers = list;
}

/** The compensating call: its arguments are checked against the tool that makes it. */
function lowerUndo(
  tool: Tool,
  attribute: Extract<Attribute, { kind: "undo" }>,
  module: ModuleScope,
  inference: Inference,
  program: Program,
): void {
  const index = inference.toolsOf(module);
  const target = index.visible.get(attribute.tool.text);
  if (target === undefined) {
    if (module.isExcused(attribute.tool.text)) return;
    const all = [...index.visible.keys()];
    const details = { name: attribute.tool.text, list: all };
    return complain(program, "E101", attribute.tool.at, details, suggest(attribute.tool.text, all));
  }
  const scope = scopeOf(tool, module);
  const args: { name: string; value: Expression }[] = [];
  const names = target.params.map((param) => param.name);
  for (const { name, value } of attribute.args) {
    const param = target.params.find((one) => one.name === name.text);
    if (param === undefined || args.some((one) => one.name === name.text)) {
      if (param !== undefined) complain(program, "E120", name.at, { what: "argument", name: name.text });
      else {
        const details = { name: name.text, what: `no argument of \`${target.name}\``, list: names };
        complain(program, "E102", name.at, details, suggest(name.text, names));
      }
      continue;
    }
    const typed = inference.value(value, scope, param.type);
    if (typed === undefined) continue;
    if (commonType(expand(param.type, inference.types), expand(typed.type, inference.types)) === undefined)
      complain(program, "E110", value.at, {
        reason: `\`${name.text}\` is ${aType(param.type)}, this is ${aType(typed.type)}`,
      });
    else args.push({ name: name.text, value: typed.node });
  }
  const given = new Set(attribute.args.map(({ name }) => name.text));
  const missing = target.params.filter((param) => param.optional !== true && !given.has(param.name));
  if (missing.length > 0)
    complain(program, "E128", attribute.at, {
      name: target.name,
      expected: missing.map((param) => param.name).join(", "),
    });
  else tool.undo = { tool: target.name, args };
}
