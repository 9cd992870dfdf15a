import { type Bundle, type Expression, type Field, type Json, type Rule, type Tier, type Tool, type Type, BUNDLE_BOUNDS, bundleExpressions, copyJson, digest, walk } from "@writ/ir";
import {
  compileGlob, compilePattern, loadEngines, parseHostPattern, readValue,
  type Glob, type HostPattern, type NamedTypes, type Pattern, type Value,
} from "@writ/ir/values";
import { GuardError } from "../errors.js";
import { unenforced } from "./unenforced.js";

/** A tool and the rules that concern it; no other rule is looked at when it is called. */
export interface ToolProgram {
  readonly tool: Tool;
  readonly params: ReadonlyMap<string, Field>;
  readonly rules: readonly Rule[];
}

/** A bundle made ready to decide with: literals read, globs and patterns compiled, rules sorted by tool. */
export interface Program {
  readonly bundle: Bundle;
  readonly digest: string;
  readonly types: NamedTypes;
  /** By the name a host calls a tool by. */
  readonly tools: ReadonlyMap<string, ToolProgram>;
  readonly roles: ReadonlyMap<string, Expression>;
  readonly tiers: ReadonlyMap<string, Tier>;
  readonly literals: ReadonlyMap<Expression, Value>;
  readonly globs: ReadonlyMap<Expression, Glob>;
  readonly patterns: ReadonlyMap<Expression, Pattern>;
  readonly hosts: ReadonlyMap<Expression, readonly HostPattern[]>;
}

/**
 * Prepares a decoded bundle. Asynchronous only to load the libraries that this bundle needs (RE2 patterns, the
 * public suffix list). Throws a {@link GuardError} where a literal, glob or pattern does not compile: a bundle is
 * decided with whole, or not at all.
 */
export async function loadProgram(bundle: Bundle): Promise<Program> {
  const nodes = everyNode(bundle);
  const missing = unenforced(bundle, nodes);
  if (missing !== undefined) throw new GuardError("policy_invalid", `the policy needs ${missing}, which this version does not enforce`);
  await loadEngines({
    patterns: nodes.some((node) => node.op === "matches"),
    domains: nodes.some((node) => (node.op === "member" && node.name === "domain" && node.type.kind !== "Email") || (node.op === "function" && node.name === "domain")),
  });
  const types: NamedTypes = new Map(bundle.types.map((type) => [type.name, type.type]));
  const byTool = new Map<string, Rule[]>(bundle.tools.map((tool) => [tool.name, []]));
  for (const rule of bundle.rules) for (const name of new Set(rule.tools)) byTool.get(name)?.push(rule);
  return {
    bundle,
    digest: digest(plain(bundle)),
    types,
    tools: new Map(bundle.tools.map((tool) => [tool.as ?? tool.name, {
      tool,
      params: new Map(tool.params.map((param) => [param.name, param])),
      rules: byTool.get(tool.name) ?? [],
    }])),
    roles: new Map(bundle.roles.map((role) => [role.name, role.when])),
    tiers: new Map(bundle.tiers.map((tier) => [tier.name, tier])),
    ...compileNodes(nodes, types),
  };
}

function everyNode(bundle: Bundle): Expression[] {
  const out: Expression[] = [];
  for (const { node } of bundleExpressions(bundle)) walk(node, (inner) => void out.push(inner));
  return out;
}

function compileNodes(nodes: readonly Expression[], types: NamedTypes): Pick<Program, "literals" | "globs" | "patterns" | "hosts"> {
  const literals = new Map<Expression, Value>();
  const globs = new Map<Expression, Glob>();
  const patterns = new Map<Expression, Pattern>();
  const hosts = new Map<Expression, readonly HostPattern[]>();
  const refuse = (node: Expression, message: string): never => {
    throw new GuardError("policy_invalid", `the bundle holds a ${node.op} at line ${node.at[3]} that does not compile: ${message}`);
  };
  for (const node of nodes) {
    if (node.op === "literal") {
      const read = readValue(node.type, node.value, types);
      literals.set(node, read.ok ? read.value : refuse(node, read.fault.message));
    } else if (node.op === "like") {
      const compiled = compileGlob(node.glob);
      globs.set(node, compiled.ok ? compiled.glob : refuse(node, compiled.message));
    } else if (node.op === "matches") {
      const compiled = compilePattern(node.pattern);
      patterns.set(node, compiled.ok ? compiled.pattern : refuse(node, compiled.message));
    } else if (node.op === "hostIn") {
      hosts.set(node, node.patterns.map((text) => parseHostPattern(text) ?? refuse(node, `${text} is not a host pattern`)));
    }
  }
  return { literals, globs, patterns, hosts };
}

/** A bundle as plain JSON; it was decoded, so it is. */
function plain(bundle: Bundle): Json {
  const copied = copyJson(bundle, BUNDLE_BOUNDS);
  if (!copied.ok) throw new GuardError("policy_invalid", copied.fault.message);
  return copied.value;
}

/** Whether two types are of one kind; parameters such as a length do not matter, the name of a record does. */
export function sameKind(a: Type, b: Type): boolean {
  if (a.kind === "Named" || b.kind === "Named") return a.kind === b.kind && "name" in a && "name" in b && a.name === b.name;
  return a.kind === b.kind;
}
