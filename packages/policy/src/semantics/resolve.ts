import type { Report } from "../diagnostics/diagnostic.js";
import { suggest } from "../diagnostics/suggest.js";
import type { Module } from "../source/load.js";
import type { Declaration, Ident } from "../syntax/ast.js";
import { declareIdentities } from "./identity.js";
import { ModuleScope, type PolicySymbol, type SymbolKind } from "./symbols.js";
import { IDENTITIES, isOneOf, SCOPE_NAMES } from "./vocabulary.js";
import { checkDeclaredName } from "./rules/reserved-names.js";
import { refuseUnenforced } from "./rules/not-enforced.js";

/** Every module with what can be named in it. */
export interface Program {
  readonly modules: readonly Module[];
  readonly entry: ModuleScope;
  readonly scopes: ReadonlyMap<Module, ModuleScope>;
  readonly report: Report;
}

/** Gives every name its meaning: a module's own declarations, and what its `use`s bring. */
export function resolve(modules: readonly Module[], report: Report): Program | undefined {
  const [first] = modules;
  if (first === undefined) return undefined;
  const scopes = new Map<Module, ModuleScope>();
  for (const module of modules) scopes.set(module, declare(module, report));
  for (const scope of scopes.values()) for (const use of scope.module.uses) bring(scope, use, scopes, report);
  const entry = scopes.get(first);
  if (entry === undefined) return undefined;
  const program: Program = { modules, entry, scopes, report };
  nameForBundle(program);
  declareIdentities(program);
  return program;
}

function declare(module: Module, report: Report): ModuleScope {
  const scope = new ModuleScope(module);
  for (const name of module.lost) scope.refused.add(name);
  scope.incomplete = module.cut;
  for (const use of module.failed) {
    if (use.names === undefined) scope.incomplete = true;
    for (const name of use.names ?? [])
      scope.refused.add(use.as === undefined ? name.text : `${use.as.text}.${name.text}`);
  }
  const { header } = module.syntax;
  if (header?.extends !== undefined) report.add("E099", module.file, header.extends.at, { what: "`extends`" });
  if (header?.final !== undefined) report.add("E099", module.file, header.final, { what: "`final`" });
  if (header?.version !== undefined && !/^\d{1,9}$/.test(header.version.text)) {
    report.add("E127", module.file, header.version.at, {
      what: "a version",
      reason: "no whole number below a thousand million",
    });
  }
  for (const declaration of module.syntax.declarations) {
    refuseUnenforced(declaration, scope, report);
    const symbol = symbolOf(declaration, module);
    if (symbol === undefined) continue;
    checkDeclaredName(symbol, report);
    const existing = scope.find(symbol.kind, symbol.name);
    if (existing !== undefined) {
      report.add(
        "E120",
        module.file,
        symbol.at,
        { what: symbol.kind, name: symbol.name },
        {
          related: [{ file: module.file, at: existing.at, message: "declared first here" }],
        },
      );
      continue;
    }
    scope.own.push(symbol);
    put(scope, symbol.name, symbol);
  }
  return scope;
}

function symbolOf(node: Declaration, module: Module): PolicySymbol | undefined {
  switch (node.kind) {
    case "role":
      return { kind: "role", ...named(node.name, module), node, bundleName: node.name.text, used: false };
    case "type":
      return { kind: "type", ...named(node.name, module), node, bundleName: node.name.text };
    case "let":
      return { kind: "let", ...named(node.name, module), node, used: false, failed: false };
    case "label":
      return { kind: "label", ...named(node.name, module), node };
    case "tier":
      return { kind: "tier", ...named(node.name, module), node };
    case "tool":
      return { kind: "tool", name: node.name.text, at: node.name.at, module, node };
    default:
      return undefined;
  }
}

function named(name: Ident, module: Module): { name: string; at: Ident["at"]; module: Module } {
  return { name: name.text, at: name.at, module };
}

function put(scope: ModuleScope, name: string, symbol: PolicySymbol): void {
  switch (symbol.kind) {
    case "role":
      return void scope.visible("role").set(name, symbol);
    case "type":
      return void scope.visible("type").set(name, symbol);
    case "let":
      return void scope.visible("let").set(name, symbol);
    case "label":
      return void scope.visible("label").set(name, symbol);
    case "tier":
      return void scope.visible("tier").set(name, symbol);
    case "tool":
      return void scope.visible("tool").set(name, symbol);
  }
}

function bring(
  scope: ModuleScope,
  use: Module["uses"][number],
  scopes: ReadonlyMap<Module, ModuleScope>,
  report: Report,
): void {
  const source = scopes.get(use.module);
  if (source === undefined) return;
  const { names, as } = use.node;
  const prefix = as === undefined ? "" : `${as.text}.`;
  for (const name of source.refused) scope.refused.add(`${prefix}${name}`);
  scope.incomplete ||= source.incomplete;
  if (names === undefined) {
    for (const symbol of source.own) take(scope, `${prefix}${symbol.name}`, symbol, use.node.from.at, report);
    return;
  }
  for (const name of names) {
    const found = source.own.filter((symbol) => symbol.name === name.text);
    const isIdentity =
      isOneOf(IDENTITIES, name.text) &&
      source.module.syntax.declarations.some((one) => one.kind === "identity" && one.name.text === name.text);
    if (found.length === 0 && !isIdentity && !source.isExcused(name.text)) {
      const all = [...new Set(source.own.map((symbol) => symbol.name))];
      report.add(
        "E503",
        scope.module.file,
        name.at,
        { name: name.text, what: `\`${use.module.file.name}\``, list: all },
        { suggestion: suggest(name.text, all) },
      );
    }
    for (const symbol of found) take(scope, `${prefix}${name.text}`, symbol, name.at, report);
  }
}

function take(scope: ModuleScope, name: string, symbol: PolicySymbol, at: Ident["at"], report: Report): void {
  const existing = scope.find(symbol.kind, name);
  if (existing === symbol) return;
  if (existing !== undefined) {
    const own = existing.module === scope.module;
    report.add(
      "E504",
      scope.module.file,
      own ? existing.at : at,
      { what: symbol.kind, name },
      {
        related: [
          { file: existing.module.file, at: existing.at, message: "declared here" },
          { file: symbol.module.file, at: symbol.at, message: "and here" },
        ],
      },
    );
    return;
  }
  if (symbol.kind === "let" && isOneOf(SCOPE_NAMES, name)) return;
  put(scope, name, symbol);
}

/** In the bundle all roles stand in one list, and all types: two of one name get numbers, in the order of files. */
function nameForBundle(program: Program): void {
  const taken: Record<Extract<SymbolKind, "role" | "type">, Set<string>> = { role: new Set(), type: new Set() };
  for (const scope of program.scopes.values()) {
    for (const symbol of scope.own) {
      if (symbol.kind !== "role" && symbol.kind !== "type") continue;
      let name = symbol.name;
      for (let number = 2; taken[symbol.kind].has(name); number++) name = `${symbol.name}_${number}`;
      taken[symbol.kind].add(name);
      symbol.bundleName = name;
    }
  }
}
