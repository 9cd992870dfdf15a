import type { Bundle } from "../schema/bundle.js";
import type { Expression } from "../schema/expression.js";
import type { Type } from "../schema/type.js";
import { walk } from "../walk.js";
import type { DecodeFault } from "./validator.js";

/**
 * What a schema cannot say: names are unique, and every name that is used is declared. A bundle that refers to
 * a role, a type, a tool or a tier it does not hold is refused whole rather than decided with holes in it.
 */
export function checkReferences(bundle: Bundle): DecodeFault | undefined {
  try {
    const roles = unique(bundle.roles.map((role) => role.name), "roles");
    const types = unique(bundle.types.map((type) => type.name), "types");
    const tools = unique(bundle.tools.map((tool) => tool.name), "tools");
    const tiers = unique(bundle.tiers.map((tier) => tier.name), "tiers");
    unique(bundle.tools.map((tool) => tool.as ?? tool.name), "tools");
    unique(bundle.rules.map((rule) => rule.id), "rules");
    const labels = new Set(unique(bundle.labels.map((label) => label.name), "labels").size === 0 ? [] : bundle.labels.flatMap((label) => label.values));

    const type = (value: Type, path: string): void => walkType(value, (inner) => {
      if (inner.kind === "Named") known(types, inner.name, path, "type");
    });
    const expression = (value: Expression, path: string): void => walk(value, (node) => {
      if (node.op === "role") known(roles, node.name, path, "role");
      if (node.op === "literal" || node.op === "argsOf" || node.op === "member" || node.op === "compare" || node.op === "in" || node.op === "between") type(node.type, path);
    });

    bundle.types.forEach((declared, i) => type(declared.type, `types[${i}]`));
    noCycles(bundle);
    for (const kind of ["user", "agent", "session"] as const) {
      unique(bundle.identity[kind].map((claim) => claim.name), `identity.${kind}`);
      bundle.identity[kind].forEach((claim) => type(claim.type, `identity.${kind}`));
    }
    bundle.roles.forEach((role, i) => expression(role.when, `roles[${i}]`));
    bundle.tiers.forEach((tier, i) => {
      if (tier.approve !== undefined) known(roles, tier.approve, `tiers[${i}].approve`, "role");
    });
    bundle.tools.forEach((tool, i) => {
      const path = `tools[${i}]`;
      const params = unique(tool.params.map((param) => param.name), `${path}.params`);
      tool.params.forEach((param) => type(param.type, path));
      if (tool.result !== undefined) type(tool.result, path);
      known(tiers, tool.risk, `${path}.risk`, "tier");
      for (const name of tool.labels) known(labels, name, `${path}.labels`, "label");
      for (const name of [...tool.sinks, ...(tool.steer ?? [])]) known(params, name, path, "parameter");
    });
    bundle.rules.forEach((rule, i) => {
      const path = `rules[${i}]`;
      expression(rule.when, path);
      for (const name of rule.tools) known(tools, name, `${path}.tools`, "tool");
      if (rule.isolate !== undefined) known(tiers, rule.isolate, `${path}.isolate`, "tier");
      for (const limit of rule.limits) for (const key of limit.by) expression(key, `${path}.limits`);
      if (rule.kind === "ask") for (const name of rule.demand.from) known(roles, name, `${path}.demand.from`, "role");
    });
    return undefined;
  } catch (error) {
    if (error instanceof Unresolved) return { code: "invalid", path: error.path, message: error.message };
    throw error;
  }
}

class Unresolved extends Error {
  readonly path: string;
  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

function unique(names: readonly string[], path: string): ReadonlySet<string> {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw new Unresolved(path, `the name ${JSON.stringify(name)} stands twice`);
    seen.add(name);
  }
  return seen;
}

function known(names: ReadonlySet<string>, name: string, path: string, what: string): void {
  if (!names.has(name)) throw new Unresolved(path, `the ${what} ${JSON.stringify(name)} is not in the bundle`);
}

function walkType(type: Type, visit: (type: Type) => void): void {
  visit(type);
  if (type.kind === "List") walkType(type.of, visit);
  if (type.kind === "Record") for (const field of type.fields) walkType(field.type, visit);
}

function noCycles(bundle: Bundle): void {
  const declared = new Map(bundle.types.map((type) => [type.name, type.type]));
  const done = new Set<string>();
  const enter = (name: string, trail: readonly string[]): void => {
    if (done.has(name)) return;
    if (trail.includes(name)) throw new Unresolved("types", `the type ${JSON.stringify(name)} contains itself`);
    const type = declared.get(name);
    if (type !== undefined) {
      walkType(type, (inner) => {
        if (inner.kind === "Named") enter(inner.name, [...trail, name]);
      });
    }
    done.add(name);
  };
  for (const name of declared.keys()) enter(name, []);
}
