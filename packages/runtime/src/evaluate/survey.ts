import { bundleExpressions, children, type Bundle, type Expression, type Type } from "@writ/ir";
import { plainValue, type Constant } from "./constants.js";

type Op<Name extends Expression["op"]> = Extract<Expression, { op: Name }>;

/** What the conditions of a bundle need to be ready, found in one walk over all of them. */
export interface Survey extends Constant {
  readonly dids: readonly Op<"did">[];
  readonly detects: readonly Op<"detects">[];
  /** Some condition looks at labels or at what was said. */
  readonly flows: boolean;
  /** Some condition looks at where values stood. */
  readonly indexed: boolean;
  /** Some condition needs the public suffix list. */
  readonly domains: boolean;
  /** A command or a statement is read somewhere. */
  readonly commands: boolean;
  readonly sql: boolean;
}

/** Looks at every expression of a bundle, and at every type. */
export function surveyOf(bundle: Bundle): Survey {
  const surveyor = new Surveyor();
  for (const { node } of bundleExpressions(bundle)) surveyor.visit(node);
  for (const { type } of bundle.types) surveyor.type(type);
  for (const tool of bundle.tools) {
    for (const param of tool.params) surveyor.type(param.type);
    if (tool.result !== undefined) surveyor.type(tool.result);
  }
  for (const { type } of bundle.params) surveyor.type(type);
  for (const fact of bundle.facts) {
    for (const param of fact.params) surveyor.type(param.type);
    surveyor.type(fact.result);
  }
  for (const kind of ["user", "agent", "session"] as const)
    for (const claim of bundle.identity[kind]) surveyor.type(claim.type);
  return surveyor;
}

class Surveyor implements Survey {
  readonly literals: Op<"literal">[] = [];
  readonly likes: Op<"like">[] = [];
  readonly matches: Op<"matches">[] = [];
  readonly hosts: Op<"hostIn">[] = [];
  readonly dids: Op<"did">[] = [];
  readonly detects: Op<"detects">[] = [];
  flows = false;
  indexed = false;
  domains = false;
  commands = false;
  sql = false;

  visit(node: Expression): void {
    switch (node.op) {
      case "arg":
      case "claim":
      case "role":
        return;
      case "literal":
        this.type(node.type);
        if (plainValue(node.type, node.value) === undefined) this.literals.push(node);
        return;
      case "and":
      case "or":
        for (const item of node.items) this.visit(item);
        return;
      case "compare":
      case "in":
        this.type(node.type);
        this.visit(node.left);
        this.visit(node.right);
        return;
      default:
        this.#note(node);
        for (const child of children(node)) this.visit(child);
    }
  }

  type(type: Type): void {
    if (type.kind === "Command") this.commands = true;
    else if (type.kind === "Sql") this.sql = true;
    else if (type.kind === "List") this.type(type.of);
    else if (type.kind === "Record") for (const field of type.fields) this.type(field.type);
  }

  #note(node: Expression): void {
    if ("type" in node) this.type(node.type);
    switch (node.op) {
      case "like":
        this.likes.push(node);
        return;
      case "matches":
        this.matches.push(node);
        return;
      case "hostIn":
        this.hosts.push(node);
        return;
      case "member":
        this.domains ||= node.name === "domain" && node.type.kind !== "Email";
        return;
      case "function":
        this.domains ||= node.name === "domain";
        return;
      case "said":
      case "firstSeen":
        this.flows = true;
        this.indexed = true;
        return;
      case "labelled":
      case "integrity":
      case "readable":
      case "asked":
        this.flows = true;
        return;
      case "detects":
        this.detects.push(node);
        return;
      case "did":
        this.dids.push(node);
        return;
      default:
    }
  }
}
