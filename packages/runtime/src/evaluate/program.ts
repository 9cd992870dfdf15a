import {
  bundleExpressions,
  digest,
  walk,
  type Bundle,
  type Endorsement,
  type Expression,
  type Fact,
  type Field,
  type Json,
  type Rule,
  type Tier,
  type Tool,
  type Type,
} from "@writ/ir";
import {
  compileGlob,
  compilePattern,
  loadEngines,
  parseAddressPattern,
  readValue,
  type AddressPattern,
  type Glob,
  type NamedTypes,
  type Pattern,
  type Value,
} from "@writ/ir/values";
import { detectorsNamed, loadDetectorLibraries } from "../detect/libraries.js";
import { GuardError } from "../errors.js";
import { latticeOf, type Lattice } from "../flow/labels.js";
import { watchedBy, type Watched } from "../history/watched.js";
import { Code } from "./engine/code.js";
import { compileTool, tierStates, type CodeSource, type ToolCode } from "./engine/tool-code.js";
import { warmUp } from "./engine/warm-up.js";
import { readParams } from "./params.js";
import { roleConditions } from "./role-conditions.js";
import { compileShapes, usesPatterns, type Shapes } from "./shapes.js";
import { unenforced } from "./unenforced.js";

/** A rule about results. */
export type OutputRule = Extract<Rule, { kind: "output" }>;

/** A tool and the rules that concern it; no other rule is looked at when it is called. */
export interface ToolProgram {
  /** Whether some rule changes arguments, and whether some rule counts calls. */
  readonly transforms: boolean;
  readonly limited: boolean;
  readonly tool: Tool;
  readonly params: ReadonlyMap<string, Field>;
  /** What decides a call. */
  readonly rules: readonly Exclude<Rule, OutputRule>[];
  /** What acts on its result. */
  readonly outputs: readonly OutputRule[];
  /** Rules that are evaluated and recorded, and change nothing. */
  readonly shadows: readonly Exclude<Rule, OutputRule>[];
  readonly endorsements: readonly Endorsement[];
  /** The globs of `labels by`. */
  readonly labelGlobs: readonly { readonly glob: Glob; readonly label: string }[];
  /** The decision program: the conditions of `rules`, flat. */
  readonly code: ToolCode;
}

/** A bundle made ready to decide with: literals read, globs and patterns compiled, rules sorted by tool. */
export interface Program {
  readonly bundle: Bundle;
  readonly digest: string;
  readonly types: NamedTypes;
  /** By the name a host calls a tool by. */
  readonly tools: ReadonlyMap<string, ToolProgram>;
  /** By the name the policy calls a tool by. */
  readonly byName: ReadonlyMap<string, ToolProgram>;
  /** The agent's final answer, as a tool that nothing has to grant. */
  readonly reply: ToolProgram;
  readonly lattice: Lattice;
  readonly shapes: Shapes;
  /** What of the history is asked for. */
  readonly watched: Watched;
  /** Some condition looks at labels or at what was said. */
  readonly flows: boolean;
  /** Where values stand has to be known. */
  readonly indexed: boolean;
  readonly params: ReadonlyMap<string, Value>;
  readonly facts: ReadonlyMap<string, Fact>;
  readonly intents: ReadonlyMap<string, readonly string[]>;
  /** A role that is not here is unknown for everybody. */
  readonly roles: ReadonlyMap<string, Expression>;
  readonly tiers: ReadonlyMap<string, Tier>;
  readonly literals: ReadonlyMap<Expression, Value>;
  readonly globs: ReadonlyMap<Expression, Glob>;
  readonly patterns: ReadonlyMap<Expression, Pattern>;
  readonly hosts: ReadonlyMap<Expression, readonly AddressPattern[]>;
}

/** The name of the agent's final answer among the targets of rules. */
export const REPLY = "reply";

const FLOWS: ReadonlySet<Expression["op"]> = new Set([
  "labelled",
  "integrity",
  "readable",
  "said",
  "asked",
  "firstSeen",
]);
const INDEXED: ReadonlySet<Expression["op"]> = new Set(["said", "firstSeen"]);

/**
 * Prepares a decoded bundle, with the values of its `param` declarations. Asynchronous only to load the libraries that
 * this bundle needs (RE2 patterns, the public suffix list). Throws a {@link GuardError} where a literal, glob or
 * pattern does not compile, and where a param is missing: a bundle is decided with whole, or not at all. `trial` is for
 * tests of policies, which suppose params and run nothing.
 */
export async function loadProgram(
  bundle: Bundle,
  options: { readonly params?: { readonly [name: string]: Json }; readonly trial?: boolean } = {},
): Promise<Program> {
  const nodes = everyNode(bundle);
  const trial = options.trial === true;
  const missing = unenforced(bundle);
  if (missing !== undefined)
    throw new GuardError("policy_invalid", `the policy needs ${missing}, which this version does not enforce`);
  await loadEngines({
    patterns: nodes.some((node) => node.op === "matches") || usesPatterns(bundle),
    ...parsersOf(bundle, nodes),
    domains: nodes.some(
      (node) =>
        (node.op === "member" && node.name === "domain" && node.type.kind !== "Email") ||
        (node.op === "function" && node.name === "domain"),
    ),
  });
  await loadDetectorLibraries(detectorsNamed(bundle));
  const types: NamedTypes = new Map(bundle.types.map((type) => [type.name, type.type]));
  const flows = nodes.some((node) => FLOWS.has(node.op)) || asksForOrigin(bundle);
  const byTarget = rulesByTarget(bundle);
  const roles = roleConditions(bundle.roles);
  const compiled = compileNodes(nodes, types);
  const code = new Code();
  const make = (tool: Tool): ToolProgram =>
    toolProgram(
      tool,
      byTarget.get(tool.name) ?? [],
      bundle,
      { ...compiled, roles, identity: bundle.identity, tierStates: tierStates(bundle.tiers), types },
      code,
    );
  const byName = toolPrograms(bundle, make);
  const reply = make(REPLY_TOOL);
  code.seal();
  const params = readParams(bundle.params, options.params ?? {}, types, trial);
  const loaded: Program = {
    bundle,
    digest: digestOf(bundle, params.wire),
    types,
    tools: new Map([...byName.values()].map((program) => [program.tool.as ?? program.tool.name, program])),
    byName,
    reply,
    lattice: latticeOf(bundle),
    shapes: compileShapes(bundle),
    watched: watchedBy(bundle),
    flows,
    indexed: (flows && bundle.taint === "value") || nodes.some((node) => INDEXED.has(node.op)) || asksForOrigin(bundle),
    params: params.values,
    facts: new Map(bundle.facts.map((fact) => [fact.name, fact])),
    intents: new Map(bundle.intents.map((intent) => [intent.name, intent.phrases])),
    roles,
    tiers: new Map(bundle.tiers.map((tier) => [tier.name, tier])),
    ...compiled,
  };
  warmUp(loaded);
  return loaded;
}

/** Whether commands or statements are read: a type of theirs stands somewhere in the bundle. */
function parsersOf(
  bundle: Bundle,
  nodes: readonly Expression[],
): { readonly commands: boolean; readonly sql: boolean } {
  const kinds = new Set<Type["kind"]>();
  const visit = (type: Type): void => {
    kinds.add(type.kind);
    if (type.kind === "List") visit(type.of);
    if (type.kind === "Record") for (const field of type.fields) visit(field.type);
  };
  for (const { type } of bundle.types) visit(type);
  for (const tool of bundle.tools) {
    for (const param of tool.params) visit(param.type);
    if (tool.result !== undefined) visit(tool.result);
  }
  for (const { type } of bundle.params) visit(type);
  for (const fact of bundle.facts) for (const { type } of [...fact.params, { type: fact.result }]) visit(type);
  for (const kind of ["user", "agent", "session"] as const)
    for (const claim of bundle.identity[kind]) visit(claim.type);
  for (const node of nodes) if ("type" in node) visit(node.type);
  return { commands: kinds.has("Command"), sql: kinds.has("Sql") };
}

const REPLY_TOOL: Tool = {
  name: REPLY,
  params: [{ name: "text", type: { kind: "Text" } }],
  result: { kind: "Text" },
  effects: ["egress"],
  risk: "low",
  labels: [],
  sinks: [],
  at: [0, 0, 0, 1, 1],
};

function rulesByTarget(bundle: Bundle): ReadonlyMap<string, readonly Rule[]> {
  const out = new Map<string, Rule[]>();
  for (const rule of bundle.rules) {
    for (const name of new Set(rule.tools)) {
      const rules = out.get(name);
      if (rules === undefined) out.set(name, [rule]);
      else rules.push(rule);
    }
  }
  return out;
}

function toolPrograms(bundle: Bundle, make: (tool: Tool) => ToolProgram): ReadonlyMap<string, ToolProgram> {
  if (bundle.tools.some((tool) => tool.name === REPLY || tool.as === REPLY))
    throw new GuardError("policy_invalid", "no tool is called `reply`: that is the agent's final answer");
  return new Map(bundle.tools.map((tool) => [tool.name, make(tool)]));
}

function toolProgram(
  tool: Tool,
  rules: readonly Rule[],
  bundle: Bundle,
  source: CodeSource,
  shared: Code,
): ToolProgram {
  const isOutput = (rule: Rule): rule is OutputRule => rule.kind === "output";
  const decides = (rule: Rule): rule is Exclude<Rule, OutputRule> => rule.kind !== "output";
  const deciding = rules.filter(decides).filter((rule) => rule.shadow !== true);
  return {
    tool,
    transforms: deciding.some((rule) => "transforms" in rule && (rule.transforms ?? []).length > 0),
    limited: deciding.some((rule) => rule.limits.length > 0),
    params: new Map(tool.params.map((param) => [param.name, param])),
    rules: deciding,
    code: compileTool(source, { tool, rules: deciding }, shared),
    outputs: someOf(rules.filter(isOutput).filter((rule) => rule.shadow !== true)),
    shadows: someOf(rules.filter(decides).filter((rule) => rule.shadow === true)),
    endorsements: someOf(bundle.endorsements.filter((endorsement) => endorsement.tools.includes(tool.name))),
    labelGlobs: (tool.labelsBy?.entries ?? []).map(({ glob, label }) => {
      const compiled = compileGlob(glob);
      if (!compiled.ok)
        throw new GuardError(
          "policy_invalid",
          `the glob ${glob} of ${tool.name} does not compile: ${compiled.message}`,
        );
      return { glob: compiled.glob, label };
    }),
  };
}

const NONE: readonly never[] = [];

/** Most tools have none of these: thousands of empty lists are one. */
function someOf<T>(list: readonly T[]): readonly T[] {
  return list.length === 0 ? NONE : list;
}

/** Whether an approver is shown where values come from. */
function asksForOrigin(bundle: Bundle): boolean {
  return bundle.rules.some(
    (rule) =>
      (rule.kind === "ask" || rule.kind === "demand") &&
      rule.demand.show.some((name) => name === "source" || name === "first_seen"),
  );
}

function everyNode(bundle: Bundle): Expression[] {
  const out: Expression[] = [];
  for (const { node } of bundleExpressions(bundle)) walk(node, (inner) => void out.push(inner));
  return out;
}

function compileNodes(
  nodes: readonly Expression[],
  types: NamedTypes,
): Pick<Program, "literals" | "globs" | "patterns" | "hosts"> {
  const literals = new Map<Expression, Value>();
  const globs = new Map<Expression, Glob>();
  const patterns = new Map<Expression, Pattern>();
  const hosts = new Map<Expression, readonly AddressPattern[]>();
  const refuse = (node: Expression, message: string): never => {
    throw new GuardError(
      "policy_invalid",
      `the bundle holds a ${node.op} at line ${node.at[3]} that does not compile: ${message}`,
    );
  };
  // The same few hosts stand in many lists.
  const addresses = new Map<string, AddressPattern>();
  const lists = new Map<string, readonly AddressPattern[]>();
  const address = (node: Expression, text: string): AddressPattern => {
    const known = addresses.get(text) ?? parseAddressPattern(text) ?? refuse(node, `${text} is not a host pattern`);
    addresses.set(text, known);
    return known;
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
      const key = JSON.stringify(node.patterns);
      const list = lists.get(key) ?? node.patterns.map((text) => address(node, text));
      lists.set(key, list);
      hosts.set(node, list);
    }
  }
  return { literals, globs, patterns, hosts };
}

/** The digest of a bundle, and of the values of its params where it declares any. It was decoded, so it is not copied for it. */
function digestOf(bundle: Bundle, params: Json | undefined): string {
  const whole: unknown = bundle;
  if (!isJson(whole)) throw new GuardError("policy_invalid", "the bundle is not JSON");
  try {
    return digest(params === undefined ? whole : [whole, params]);
  } catch {
    throw new GuardError("policy_invalid", "the bundle is not JSON: it holds itself, or a number without a value");
  }
}

/** Of what was decoded: everything below is JSON, too. */
function isJson(decoded: unknown): decoded is Json {
  return typeof decoded === "object" && decoded !== null;
}
