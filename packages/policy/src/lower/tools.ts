import type { Effect, Tool } from "@writ/ir";
import { suggest } from "../diagnostics/suggest.js";
import type { Program } from "../semantics/resolve.js";
import type { ModuleScope, ToolSymbol } from "../semantics/symbols.js";
import { resolveFields, resolveType } from "../semantics/types.js";
import { EFFECTS, isOneOf, RISKS } from "../semantics/vocabulary.js";
import type { Attribute, Ident } from "../syntax/ast.js";
import { spanAt } from "./lowering.js";

/** A declared tool as the bundle has it. A tool that says no risk is critical. */
export function lowerTool(symbol: ToolSymbol, program: Program): Tool | undefined {
  const scope = program.scopes.get(symbol.module);
  if (scope === undefined) return undefined;
  const { node } = symbol;
  const params = resolveFields(node.params, scope, program, "parameter");
  const result = node.result === undefined ? undefined : resolveType(node.result, scope, program);
  const tool: Tool = {
    name: symbol.name,
    params,
    effects: [],
    risk: "critical",
    labels: [],
    sinks: [],
    at: spanAt(scope, symbol.at),
  };
  if (result !== undefined) tool.result = result;
  if (node.as !== undefined) {
    if (node.as.text === "" || node.as.text.length > 512)
      program.report.add("E127", scope.module.file, node.as.at, {
        what: "the name a host knows it by",
        reason: "empty or longer than 512 characters",
      });
    tool.as = node.as.text;
  }
  if (node.doc !== undefined) tool.doc = node.doc.slice(0, 65_536);
  const seen = new Set<string>();
  for (const attribute of node.attributes) {
    if (seen.has(attribute.kind)) program.report.add("E124", scope.module.file, attribute.at, { name: attribute.kind });
    seen.add(attribute.kind);
    applyAttribute(tool, attribute, scope, program);
  }
  return tool;
}

function applyAttribute(tool: Tool, attribute: Attribute, scope: ModuleScope, program: Program): void {
  const { report } = program;
  const { file } = scope.module;
  switch (attribute.kind) {
    case "effect": {
      const effects = new Set<Effect>();
      for (const name of attribute.names) {
        if (isOneOf(EFFECTS, name.text)) effects.add(name.text);
        else
          report.add(
            "E108",
            file,
            name.at,
            { name: name.text, what: "effect", list: EFFECTS },
            { suggestion: suggest(name.text, EFFECTS) },
          );
      }
      tool.effects = EFFECTS.filter((effect) => effects.has(effect));
      return;
    }
    case "risk":
      if (isOneOf(RISKS, attribute.name.text)) tool.risk = attribute.name.text;
      else
        report.add(
          "E108",
          file,
          attribute.name.at,
          { name: attribute.name.text, what: "risk", list: RISKS },
          { suggestion: suggest(attribute.name.text, RISKS) },
        );
      return;
    case "labels":
      tool.labels = labelsOf(attribute.names, scope, program);
      return;
    case "sink":
    case "steer": {
      const names: string[] = [];
      for (const arg of attribute.args) {
        const all = tool.params.map((param) => param.name);
        if (!all.includes(arg.text))
          report.add(
            "E102",
            file,
            arg.at,
            { name: arg.text, what: `no argument of \`${tool.name}\``, list: all },
            { suggestion: suggest(arg.text, all) },
          );
        else if (!names.includes(arg.text)) names.push(arg.text);
      }
      if (attribute.kind === "sink") tool.sinks = names;
      else tool.steer = names;
      return;
    }
    case "labelsBy":
      return report.add("E099", file, attribute.at, { what: "`labels by`" });
    case "readers":
    case "network":
    case "undo":
    case "pin":
    case "lowers":
      return report.add("E099", file, attribute.at, { what: `\`${attribute.kind}\` on a tool` });
  }
}

function labelsOf(names: readonly Ident[], scope: ModuleScope, program: Program): string[] {
  const known = new Set(
    [...scope.visible("label").values()].flatMap((label) => label.node.values.map((value) => value.text)),
  );
  const labels: string[] = [];
  for (const name of names) {
    if (!known.has(name.text) && scope.isExcused(name.text)) continue;
    if (!known.has(name.text))
      program.report.add(
        "E105",
        scope.module.file,
        name.at,
        { name: name.text, list: [...known] },
        { suggestion: suggest(name.text, known) },
      );
    else if (!labels.includes(name.text)) labels.push(name.text);
  }
  return labels;
}
