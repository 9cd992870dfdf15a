import type { Report } from "../diagnostics/diagnostic.js";
import { suggest } from "../diagnostics/suggest.js";
import type { Module } from "../source/load.js";
import type { Declaration, Ident } from "../syntax/ast.js";
import { declareIdentities } from "./identity.js";
import { bindLineage } from "./lineage.js";
import { ModuleScope, putSymbol, type PolicySymbol, type SymbolKind } from "./symbols.js";
import { IDENTITIES, isOneOf, SCOPE_NAMES } from "./vocabulary.js";
import { checkDeclaredName } from "./rules/reserved-names.js";
import { checkAnnotated } from "./rules/tags.js";

/** Every module with what can be named in it. */
export interface Program {
  readonly modules: readonly Module[];
  /** The policy whose words are being read: the compiled one, or a parent of it ({@link viewOf}). */
  readonly entry: ModuleScope;
  /** The policies whose rules hold: the furthest parent first, the compiled one last. */
  readonly lineage: readonly ModuleScope[];
  readonly scopes: ReadonlyMap<Module, ModuleScope>;
  readonly report: Report;
}

/** The program as one of its {@link Program.lineage} reads it. */
export function viewOf(program: Program, scope: ModuleScope): Program {
  return { ...program, entry: scope };
}

/** Whether it is a parent's words that are being read. */
export function isInherited(program: Program): boolean {
  return program.entry !== program.lineage.at(-1);
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
  const lineage = bindLineage(entry, scopes, report);
  const program: Program = { modules, entry, lineage, scopes, report };
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
  if (header?.version !== undefined && !/^\d{1,9}$/.test(header.version.text)) {
    report.add("E127", module.file, header.version.at, {
      what: "a version",
      reason: "no whole number below a thousand million",
    });
  }
  for (const declaration of module.syntax.declarations) {
    checkAnnotated(declaration, module.file, report);
    const symbol = symbolOf(declaration, module);
    if (symbol === undefined) continue;
    checkDeclaredName(symbol, report);
    const existing = scope.holderOf(symbol, symbol.name);
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
    putSymbol(scope, symbol.name, symbol);
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
    case "fact":
      return { kind: "fact", ...named(node.name, module), node, bundleName: node.name.text };
    case "param":
      return { kind: "param", ...named(node.name, module), node, bundleName: node.name.text, used: false };
    case "intent":
      return { kind: "intent", ...named(node.name, module), node, bundleName: node.name.text };
    case "tool":
      return { kind: "tool", name: node.name.text, at: node.name.at, module, node };
    default:
      return undefined;
  }
}

function named(name: Ident, module: Module): { name: string; at: Ident["at"]; module: Module } {
  return { name: name.text, at: name.at, module };
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
  const existing = scope.holderOf(symbol, name);
  if (existing === symbol) return;
  if (existing !== undefined) {
    const own = existing.module === scope.module;
    // A child that declares what its parent declares replaces it, or may not: the lineage says which.
    if (own && isAncestor(symbol.module, scope.module)) return;
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
  if ((symbol.kind === "let" || symbol.kind === "param") && isOneOf(SCOPE_NAMES, name)) return;
  putSymbol(scope, name, symbol);
}

/** Whether a module is extended by another, directly or through others. */
function isAncestor(module: Module, of: Module): boolean {
  for (let child: Module | undefined = of; child !== undefined;) {
    const parentName: string | undefined = child.syntax.header?.extends?.text;
    const parent: Module | undefined =
      parentName === undefined
        ? undefined
        : child.uses.find((use) => use.module.syntax.header?.name.text === parentName)?.module;
    if (parent === module) return true;
    child = parent;
  }
  return false;
}

/** In the bundle all roles stand in one list, and all types and so on: two of one name get numbers, in the order of files. */
function nameForBundle(program: Program): void {
  const taken: Record<Extract<SymbolKind, "role" | "type" | "fact" | "param" | "intent">, Set<string>> = {
    role: new Set(),
    type: new Set(),
    fact: new Set(),
    param: new Set(),
    intent: new Set(),
  };
  for (const scope of program.scopes.values()) {
    for (const symbol of scope.own) {
      if (!("bundleName" in symbol)) continue;
      let name = symbol.name;
      for (let number = 2; taken[symbol.kind].has(name); number++) name = `${symbol.name}_${number}`;
      taken[symbol.kind].add(name);
      symbol.bundleName = name;
    }
  }
}
