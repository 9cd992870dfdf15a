import type { Bundle } from "../schema/bundle.js";
import type { Expression } from "../schema/expression.js";
import type { Field, Type } from "../schema/type.js";
import { bundleExpressions, walk } from "../walk.js";
import type { DecodeFault } from "./validator.js";

/**
 * What a schema cannot say: names are unique, and every name that is used is declared. A bundle that refers to
 * a role, a type, a tool or a tier it does not hold is refused whole rather than decided with holes in it.
 */
export function checkReferences(bundle: Bundle): DecodeFault | undefined {
  try {
    const roles = unique(
      bundle.roles.map((role) => role.name),
      "roles",
    );
    const types = unique(
      bundle.types.map((type) => type.name),
      "types",
    );
    const tools = unique(
      bundle.tools.map((tool) => tool.name),
      "tools",
    );
    const tiers = unique(
      bundle.tiers.map((tier) => tier.name),
      "tiers",
    );
    unique(
      bundle.tools.map((tool) => tool.as ?? tool.name),
      "tools",
    );
    unique(
      bundle.rules.map((rule) => rule.id),
      "rules",
    );
    const labels = new Set(
      unique(
        bundle.labels.map((label) => label.name),
        "labels",
      ).size === 0
        ? []
        : bundle.labels.flatMap((label) => label.values),
    );

    const params = unique(
      bundle.params.map((param) => param.name),
      "params",
    );
    const facts = unique(
      bundle.facts.map((fact) => fact.name),
      "facts",
    );
    const intents = unique(
      bundle.intents.map((intent) => intent.name),
      "intents",
    );
    unique(
      bundle.endorsements.map((endorsement) => endorsement.id),
      "endorsements",
    );

    const type = (value: Type, path: string): void =>
      walkType(value, (inner) => {
        if (inner.kind === "Named") known(types, inner.name, path, "type");
      });
    const fields = (given: readonly Field[], path: string): ReadonlySet<string> => {
      const found = unique(
        given.map((field) => field.name),
        path,
      );
      for (const field of given) {
        type(field.type, path);
        for (const label of field.labels ?? []) known(labels, label, path, "label");
        if (field.by !== undefined) known(found, field.by, path, "field");
      }
      return found;
    };
    const targets = (names: readonly string[], path: string): void => {
      for (const name of names) if (name !== REPLY) known(tools, name, path, "tool");
    };
    const check = (node: Expression, path: string): void => {
      switch (node.op) {
        case "role":
          return known(roles, node.name, path, "role");
        case "param":
          return known(params, node.name, path, "param");
        case "fact":
          return known(facts, node.name, path, "fact");
        case "asked":
          return known(intents, node.intent, path, "intent");
        case "integrity":
          return known(labels, node.level, path, "label");
        case "labelled":
          for (const name of node.labels.flat()) known(labels, name, path, "label");
          return undefined;
        case "did":
          return targets([node.event.tool, ...node.event.unbroken], path);
        case "literal":
        case "argsOf":
        case "member":
        case "compare":
        case "in":
        case "between":
          return type(node.type, path);
        default:
          return undefined;
      }
    };

    for (const [i, declared] of bundle.types.entries()) {
      type(declared.type, `types[${i}]`);
      walkType(declared.type, (inner) => {
        if (inner.kind === "Record") fields(inner.fields, `types[${i}]`);
      });
    }
    noCycles(bundle);
    for (const kind of ["user", "agent", "session"] as const) fields(bundle.identity[kind], `identity.${kind}`);
    for (const [i, fact] of bundle.facts.entries()) {
      fields(fact.params, `facts[${i}]`);
      type(fact.result, `facts[${i}]`);
    }
    for (const [i, param] of bundle.params.entries()) type(param.type, `params[${i}]`);
    for (const { node, path } of bundleExpressions(bundle)) walk(node, (inner) => check(inner, path));
    for (const [i, tier] of bundle.tiers.entries()) {
      if (tier.approve !== undefined) known(roles, tier.approve, `tiers[${i}].approve`, "role");
    }
    for (const [i, tool] of bundle.tools.entries()) {
      const path = `tools[${i}]`;
      const own = fields(tool.params, `${path}.params`);
      if (tool.result !== undefined) type(tool.result, path);
      known(tiers, tool.risk, `${path}.risk`, "tier");
      for (const name of [
        ...tool.labels,
        ...(tool.lowers ?? []),
        ...(tool.labelsBy?.entries ?? []).map((entry) => entry.label),
      ])
        known(labels, name, `${path}.labels`, "label");
      for (const name of [
        ...tool.sinks,
        ...(tool.steer ?? []),
        ...(tool.labelsBy === undefined ? [] : [tool.labelsBy.arg]),
      ])
        known(own, name, path, "parameter");
      if (tool.undo !== undefined) targets([tool.undo.tool], `${path}.undo`);
    }
    for (const [i, endorsement] of bundle.endorsements.entries())
      targets(endorsement.tools, `endorsements[${i}].tools`);
    for (const [i, rule] of bundle.rules.entries()) {
      const path = `rules[${i}]`;
      targets(rule.tools, `${path}.tools`);
      for (const limit of rule.limits)
        for (const name of limit.tools ?? []) known(new Set(rule.tools), name, `${path}.limits`, "tool of the rule");
      if (rule.isolate !== undefined) known(tiers, rule.isolate, `${path}.isolate`, "tier");
      if (rule.kind === "ask" || rule.kind === "demand")
        for (const name of rule.demand.from) known(roles, name, `${path}.demand.from`, "role");
      if (rule.kind === "raise" && rule.isolate === undefined)
        throw new Unresolved(path, "a rule that raises says to which tier");
    }
    return undefined;
  } catch (error) {
    if (error instanceof Unresolved) return { code: "invalid", path: error.path, message: error.message };
    throw error;
  }
}

/** The agent's final answer, which is no tool. */
const REPLY = "reply";

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
