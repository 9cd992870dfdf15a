import type { Report } from "../diagnostics/diagnostic.js";
import { suggest } from "../diagnostics/suggest.js";
import type { Module } from "../source/load.js";
import { putSymbol, type ModuleScope, type PolicySymbol } from "./symbols.js";

/** What a policy hands to those that extend it, by kind and name, and which final policy keeps it as it is. */
type Inheritance = Map<string, { readonly name: string; readonly symbol: PolicySymbol; readonly keptBy?: Module }>;

/**
 * Gives every module what its parent declares, and returns the parents of the entry, the furthest first, the entry
 * last: their rules all hold. A parent's rules are read in the parent's own file, so they are bound to the entry's
 * tools, tiers and replacements there.
 */
export function bindLineage(
  entry: ModuleScope,
  scopes: ReadonlyMap<Module, ModuleScope>,
  report: Report,
): readonly ModuleScope[] {
  const parents = new Map<ModuleScope, ModuleScope | undefined>();
  const inheritances = new Map<ModuleScope, Inheritance>();
  const inherit = (scope: ModuleScope): Inheritance => {
    const known = inheritances.get(scope);
    if (known !== undefined) return known;
    const parent = parentOf(scope, scopes, report);
    parents.set(scope, parent);
    // A file never uses itself, so neither does a parent: the recursion ends.
    const inherited = parent === undefined ? new Map() : inherit(parent);
    const all = take(scope, inherited, report);
    inheritances.set(scope, all);
    return all;
  };
  for (const scope of scopes.values()) inherit(scope);
  for (const scope of scopes.values()) scope.hasTools = scope.visible("tool").size > 0;

  const lineage = [entry];
  for (let parent = parents.get(entry); parent !== undefined; parent = parents.get(parent)) lineage.unshift(parent);
  const final = inheritances.get(entry) ?? new Map();
  for (const scope of lineage) if (scope !== entry) bind(scope, entry, inheritances.get(scope) ?? new Map(), final);
  return lineage;
}

/** The file that `extends` means: one of those the policy uses, by the name in its header. */
function parentOf(
  scope: ModuleScope,
  scopes: ReadonlyMap<Module, ModuleScope>,
  report: Report,
): ModuleScope | undefined {
  const { module } = scope;
  const named = module.syntax.header?.extends;
  if (named === undefined) return undefined;
  const used = [...new Set(module.uses.map((use) => use.module))].filter(
    (one) => !one.file.id.startsWith("std.") && one.syntax.header !== undefined,
  );
  const found = used.filter((one) => one.syntax.header?.name.text === named.text);
  const [parent] = found;
  if (parent !== undefined && found.length === 1) return scopes.get(parent);
  // What could not be read may have been the parent; the policy does not compile either way.
  if (module.failed.length === 0 || found.length > 1) {
    const all = used.flatMap((one) => one.syntax.header?.name.text ?? []);
    report.add(
      "E510",
      module.file,
      named.at,
      found.length > 1
        ? {
            name: named.text,
            reason: `two files in use are called so: ${found.map((one) => one.file.name).join(", ")}`,
          }
        : { name: named.text, list: all },
      { suggestion: suggest(named.text, all) },
    );
  }
  // Whatever it would have brought is not missed once more.
  scope.incomplete = true;
  return undefined;
}

const keyOf = (kind: PolicySymbol["kind"], name: string): string => `${kind} ${name}`;

function take(scope: ModuleScope, inherited: Inheritance, report: Report): Inheritance {
  const { module } = scope;
  const final = module.syntax.header?.final !== undefined;
  const all: Inheritance = new Map();
  for (const [key, one] of inherited) {
    const mine = scope.find(one.symbol.kind, one.name);
    if (mine === undefined) {
      putSymbol(scope, one.name, one.symbol);
      all.set(key, one);
    } else if (mine === one.symbol) {
      all.set(key, one);
    } else if (one.keptBy !== undefined) {
      const own = mine.module === module;
      if ("used" in mine) mine.used = true;
      report.add(
        "E511",
        module.file,
        own ? mine.at : (module.syntax.header?.extends?.at ?? { start: 0, end: 0 }),
        { what: mine.kind, name: one.name, expected: one.keptBy.syntax.header?.name.text ?? "the parent" },
        { related: [{ file: one.symbol.module.file, at: one.symbol.at, message: "declared here, to stay as it is" }] },
      );
      putSymbol(scope, one.name, one.symbol);
      all.set(key, one);
    } else {
      all.set(key, { name: one.name, symbol: mine });
    }
  }
  const add = (name: string, symbol: PolicySymbol): void => {
    const key = keyOf(symbol.kind, name);
    const kept = all.get(key)?.keptBy;
    if (kept === undefined) all.set(key, { name, symbol, ...(final ? { keptBy: module } : {}) });
  };
  for (const symbol of scope.own) add(symbol.name, symbol);
  // Tools and tiers are one set for the whole policy, wherever they were declared: what a parent's rules were
  // written for is handed on.
  for (const [name, symbol] of scope.visible("tool")) add(name, symbol);
  for (const [name, symbol] of scope.visible("tier")) add(name, symbol);
  return all;
}

/** Makes a parent see the entry's tools and tiers, and what the entry declares in place of its own. */
function bind(parent: ModuleScope, entry: ModuleScope, handed: Inheritance, final: Inheritance): void {
  for (const [key, { name }] of handed) {
    const now = final.get(key)?.symbol;
    if (now !== undefined) putSymbol(parent, name, now);
  }
  const known = new Set<PolicySymbol>(parent.visible("tool").values());
  for (const [name, tool] of entry.visible("tool")) {
    if (!known.has(tool) && parent.find("tool", name) === undefined) putSymbol(parent, name, tool);
  }
  for (const [name, tier] of entry.visible("tier")) if (name === tier.name) putSymbol(parent, name, tier);
}
