import type { Effect, Tool } from "@writ/ir";
import { compileGlob, formatEgressPattern, parseEgressPattern } from "@writ/ir/values";
import { suggest } from "../diagnostics/suggest.js";
import type { Program } from "../semantics/resolve.js";
import type { ModuleScope, ToolSymbol } from "../semantics/symbols.js";
import { aType } from "../semantics/type-relations.js";
import { labelsOf, resolveFields, resolveType } from "../semantics/types.js";
import { EFFECTS, isOneOf, RISKS } from "../semantics/vocabulary.js";
import type { Attribute, Expr } from "../syntax/ast.js";
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
      const all = tool.params.map((param) => param.name);
      // `steer nothing`: no argument decides what happens, such as how many lines of a list are read.
      const [only, ...more] = attribute.args;
      const nothing = attribute.kind === "steer" && more.length === 0 && only?.text === "nothing";
      for (const arg of nothing && !all.includes("nothing") ? [] : attribute.args) {
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
      return applyLabelsBy(tool, attribute, scope, program);
    case "lowers":
      tool.lowers = labelsOf(attribute.names, scope, program);
      return;
    case "network":
      tool.network = egressPatterns(attribute.hosts, scope, program);
      return;
    case "pin":
      if (/^sha256:[0-9a-f]{64}$/.test(attribute.digest)) tool.pin = attribute.digest;
      else
        report.add("E112", file, attribute.at, {
          found: JSON.stringify(attribute.digest.slice(0, 80)),
          expected: "digest",
          reason: "it is `sha256:` and 64 hexadecimal digits, as `writ lock` writes it",
        });
      return;
    case "readers":
    case "undo":
      // Expressions over the tool's arguments and result are read once all tools are known.
      return;
  }
}

/** `labels by ARG { "GLOB": LABEL }`: by the value of a Path argument. */
function applyLabelsBy(
  tool: Tool,
  attribute: Extract<Attribute, { kind: "labelsBy" }>,
  scope: ModuleScope,
  program: Program,
): void {
  const { report } = program;
  const { file } = scope.module;
  const arg = attribute.argument.text;
  const param = tool.params.find((one) => one.name === arg);
  if (param === undefined) {
    const all = tool.params.map((one) => one.name);
    const details = { name: arg, what: `no argument of \`${tool.name}\``, list: all };
    return report.add("E102", file, attribute.argument.at, details, { suggestion: suggest(arg, all) });
  }
  if (param.type.kind !== "Path")
    return report.add("E110", file, attribute.argument.at, {
      reason: `\`labels by\` goes by a path, \`${arg}\` is ${aType(param.type)}`,
    });
  const entries: { glob: string; label: string }[] = [];
  for (const { pattern, label } of attribute.entries) {
    const compiled = compileGlob(pattern);
    if (!compiled.ok)
      report.add("E116", file, attribute.at, { reason: `${JSON.stringify(pattern)}: ${compiled.message}` });
    const [known] = labelsOf([label], scope, program);
    if (compiled.ok && known !== undefined) entries.push({ glob: pattern, label: known });
  }
  if (entries.length > 1024)
    return report.add("E127", file, attribute.at, { what: "the number of entries", reason: "more than 1024" });
  if (entries.length > 0) tool.labelsBy = { arg, entries };
}

/** A list of texts that say which requests may be made. */
function egressPatterns(list: Expr, scope: ModuleScope, program: Program): string[] {
  const hosts: string[] = [];
  for (const item of list.kind === "list" ? list.items : []) {
    const read = item.kind === "text" ? parseEgressPattern(item.value) : undefined;
    if (read?.ok === true) hosts.push(formatEgressPattern(read.pattern));
    else if (read !== undefined && item.kind === "text")
      program.report.add("E117", scope.module.file, item.at, {
        found: item.value,
        reason: read.reason,
        what: "network",
      });
    else program.report.add("E110", scope.module.file, item.at, { reason: "`network` lists hosts as texts" });
  }
  return hosts;
}
