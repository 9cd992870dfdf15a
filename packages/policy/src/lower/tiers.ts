import type { Tier } from "@writ/ir";
import { compileGlob, formatEgressPattern, parseEgressPattern } from "@writ/ir/values";
import { suggest } from "../diagnostics/suggest.js";
import type { Program } from "../semantics/resolve.js";
import type { ModuleScope, TierSymbol } from "../semantics/symbols.js";
import { durationOf, ISOLATIONS, isOneOf, RISKS, sizeOf } from "../semantics/vocabulary.js";
import type { Expr, TierItem } from "../syntax/ast.js";
import { rolesOf, spanAt, wholeNumber } from "./lowering.js";

/** A tier as the bundle has it: what it does not say is none. */
export function lowerTier(symbol: TierSymbol, program: Program): Tier | undefined {
  const scope = program.scopes.get(symbol.module);
  const { report } = program;
  if (scope === undefined || !isOneOf(RISKS, symbol.name)) return undefined;
  const tier: Tier = {
    name: symbol.name,
    isolate: "inline",
    network: [],
    read: [],
    write: [],
    env: [],
    at: spanAt(scope, symbol.at),
  };
  const seen = new Set<string>();
  for (const item of symbol.node.items) {
    if (seen.has(item.kind)) report.add("E124", scope.module.file, item.at, { name: item.kind });
    seen.add(item.kind);
    applyItem(tier, item, scope, program);
  }
  if (!seen.has("isolate")) {
    report.add("E404", scope.module.file, symbol.at, { name: symbol.name, list: ISOLATIONS });
    return undefined;
  }
  return tier;
}

function applyItem(tier: Tier, item: TierItem, scope: ModuleScope, program: Program): void {
  const { report } = program;
  const { file } = scope.module;
  switch (item.kind) {
    case "isolate":
      if (isOneOf(ISOLATIONS, item.name.text)) tier.isolate = item.name.text;
      else
        report.add(
          "E108",
          file,
          item.name.at,
          { name: item.name.text, what: "isolation backend", list: ISOLATIONS },
          { suggestion: suggest(item.name.text, ISOLATIONS) },
        );
      return;
    case "network":
      tier.network = texts(item.list, scope, program, (text) => {
        const read = parseEgressPattern(text);
        return read.ok ? formatEgressPattern(read.pattern) : { code: "E117", reason: read.reason };
      });
      return;
    case "read":
    case "write":
      tier[item.kind] = texts(item.list, scope, program, (text) => {
        const glob = compileGlob(text);
        return glob.ok ? text : { code: "E116", reason: glob.message };
      });
      return;
    case "env":
      tier.env = texts(item.list, scope, program, (text) =>
        /^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(text)
          ? text
          : { code: "E112", reason: "it is no name of an environment variable" },
      );
      return;
    case "time": {
      const time = durationOf(item.value.text);
      if (time === undefined || time < 1 || time > 1e12)
        report.add("E127", file, item.value.at, { what: "a time", reason: "out of range" });
      else tier.time = time;
      return;
    }
    case "memory":
    case "output": {
      const size = sizeOf(item.value.text);
      if (size === undefined || size < 1 || size > 1e15)
        report.add("E127", file, item.value.at, { what: "a size", reason: "out of range" });
      else tier[item.kind] = size;
      return;
    }
    case "cpu": {
      const cores = Number(item.value.text);
      if (!(cores >= 0.01 && cores <= 1024))
        report.add("E127", file, item.value.at, {
          what: "`cpu`",
          reason: "out of range",
          expected: "it is a number of cores from 0.01 to 1024",
        });
      else tier.cpu = cores;
      return;
    }
    case "processes": {
      const count = wholeNumber(program, scope, item.value, "`processes`", 1, 1_000_000);
      if (count !== undefined) tier.processes = count;
      return;
    }
    case "approve": {
      const [role] = rolesOf(program, [item.role], scope);
      if (role !== undefined) tier.approve = role.bundleName;
      return;
    }
  }
}

function texts(
  list: Expr | undefined,
  scope: ModuleScope,
  program: Program,
  read: (text: string) => string | { readonly code: "E112" | "E116" | "E117"; readonly reason: string },
): string[] {
  const { report } = program;
  const values: string[] = [];
  if (list?.kind !== "list") return values;
  for (const item of list.items) {
    if (item.kind !== "text") {
      report.add("E110", scope.module.file, item.at, { reason: "a tier lists texts" });
      continue;
    }
    const value = read(item.value);
    if (typeof value === "string") values.push(value);
    else
      report.add(value.code, scope.module.file, item.at, {
        found: value.code === "E112" ? JSON.stringify(item.value.slice(0, 60)) : item.value,
        expected: "name",
        reason: value.reason,
        ...(value.code === "E117" ? { what: "network" } : {}),
      });
  }
  return values;
}
