import type { Field, IdentityKind, Type } from "@writ/ir";
import type { Place } from "../source/place.js";
import type { Module } from "../source/load.js";
import type { Declaration, ToolNode } from "../syntax/ast.js";

type Node<K extends Declaration["kind"]> = Extract<Declaration, { kind: K }>;

interface SymbolBase {
  readonly name: string;
  readonly module: Module;
  /** The word that names it. */
  readonly at: Place;
}

/** What a name of a policy means. Two symbols are the same declaration only if they are the same object. */
export interface RoleSymbol extends SymbolBase {
  readonly kind: "role";
  readonly node: Node<"role">;
  /** Its name in the bundle, where two files may each have declared a role of one name. */
  bundleName: string;
  used: boolean;
}
export interface TypeSymbol extends SymbolBase {
  readonly kind: "type";
  readonly node: Node<"type">;
  bundleName: string;
}
export interface LetSymbol extends SymbolBase {
  readonly kind: "let";
  readonly node: Node<"let">;
  used: boolean;
  /** Something is wrong with it that has been said: what uses it says nothing more. */
  failed: boolean;
  /** Whether its type comes from what it is compared with; found when it is first asked for. */
  flexible?: boolean;
}
export interface LabelSymbol extends SymbolBase {
  readonly kind: "label";
  readonly node: Node<"label">;
}
export interface TierSymbol extends SymbolBase {
  readonly kind: "tier";
  readonly node: Node<"tier">;
}
export interface ToolSymbol extends SymbolBase {
  readonly kind: "tool";
  readonly node: ToolNode & Pick<Declaration, "annotations" | "doc">;
}
export interface FactSymbol extends SymbolBase {
  readonly kind: "fact";
  readonly node: Node<"fact">;
  /** Its name in the bundle, which is what a host answers to. */
  bundleName: string;
}
export interface ParamSymbol extends SymbolBase {
  readonly kind: "param";
  readonly node: Node<"param">;
  /** Its name in the bundle, by which a host gives it. */
  bundleName: string;
  used: boolean;
}
export interface IntentSymbol extends SymbolBase {
  readonly kind: "intent";
  readonly node: Node<"intent">;
  bundleName: string;
}
export type PolicySymbol =
  | FactSymbol
  | ParamSymbol
  | IntentSymbol
  | LabelSymbol
  | LetSymbol
  | RoleSymbol
  | TierSymbol
  | ToolSymbol
  | TypeSymbol;
export type SymbolKind = PolicySymbol["kind"];
export type SymbolOf<K extends SymbolKind> = Extract<PolicySymbol, { kind: K }>;

/** A claim of an identity and where it is declared. */
export interface Claim {
  readonly field: Field;
  readonly module: Module;
  readonly at: Place;
}

/** What can be named in one module. */
export class ModuleScope {
  readonly module: Module;
  /** What the module itself declares, in order. */
  readonly own: PolicySymbol[] = [];
  /** Names whose declarations were refused or could not be read, so that their uses are not refused again. */
  readonly refused = new Set<string>();
  /** Whether a file that could not be read may have declared any name. */
  incomplete = false;
  /** Whether it declares or takes tools by itself; a policy without any is read with those of its children. */
  hasTools = false;
  readonly identity: Readonly<Record<IdentityKind, Map<string, Claim>>> = {
    user: new Map(),
    agent: new Map(),
    session: new Map(),
  };
  readonly #names: { readonly [K in SymbolKind]: Map<string, SymbolOf<K>> } = {
    role: new Map(),
    type: new Map(),
    let: new Map(),
    label: new Map(),
    tier: new Map(),
    tool: new Map(),
    fact: new Map(),
    param: new Map(),
    intent: new Map(),
  };

  constructor(module: Module) {
    this.module = module;
  }

  /** Whether an unknown name is unknown only because of something that has been said. */
  isExcused(name: string): boolean {
    return this.incomplete || this.refused.has(name);
  }

  /** All that is visible of one kind, by the name it has here. */
  visible<K extends SymbolKind>(kind: K): Map<string, SymbolOf<K>> {
    return this.#names[kind];
  }

  /** What has a name that a symbol would take: lets and params are read alike, so one name is one of them. */
  holderOf(symbol: PolicySymbol, name: string): PolicySymbol | undefined {
    const own = this.find(symbol.kind, name);
    if (own !== undefined || (symbol.kind !== "let" && symbol.kind !== "param")) return own;
    return this.find(symbol.kind === "let" ? "param" : "let", name);
  }

  find<K extends SymbolKind>(kind: K, name: string): SymbolOf<K> | undefined {
    return this.#names[kind].get(name);
  }
}

/** Makes a declaration visible under a name, in place of what had it. */
export function putSymbol(scope: ModuleScope, name: string, symbol: PolicySymbol): void {
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
    case "fact":
      return void scope.visible("fact").set(name, symbol);
    case "param":
      return void scope.visible("param").set(name, symbol);
    case "intent":
      return void scope.visible("intent").set(name, symbol);
  }
}

/** The named records, resolved, under their names in the bundle. */
export type TypeTable = Map<string, Type>;
