import { digest, type Bundle, type Expression, type Fact, type Json, type Rule, type Tier, type Tool } from "@writ/ir";
import { loadEngines, type NamedTypes, type Value } from "@writ/ir/values";
import { detectorsNamed, loadDetectorLibraries } from "../detect/libraries.js";
import { GuardError } from "../errors.js";
import { latticeOf, type Lattice } from "../flow/labels.js";
import { watchedBy, type Watched } from "../history/watched.js";
import { constantsOf, type Constants } from "./constants.js";
import { Code } from "./engine/code.js";
import { tierStates } from "./engine/tool-code.js";
import { warmUp } from "./engine/warm-up.js";
import { readParams } from "./params.js";
import { roleConditions } from "./role-conditions.js";
import { compileShapes, usesPatterns, type Shapes } from "./shapes.js";
import { surveyOf } from "./survey.js";
import { labelGlobsOf, ToolProgram } from "./tool-program.js";
import { unenforced } from "./unenforced.js";

export { type OutputRule, ToolProgram } from "./tool-program.js";

/** A bundle made ready to decide with: literals read, globs and patterns compiled, rules sorted by tool. */
export interface Program extends Constants {
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
}

/** The name of the agent's final answer among the targets of rules. */
export const REPLY = "reply";

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
  const trial = options.trial === true;
  const missing = unenforced(bundle);
  if (missing !== undefined)
    throw new GuardError("policy_invalid", `the policy needs ${missing}, which this version does not enforce`);
  const survey = surveyOf(bundle);
  const { commands, sql, domains } = survey;
  await loadEngines({ patterns: survey.matches.length > 0 || usesPatterns(bundle), commands, sql, domains });
  await loadDetectorLibraries(detectorsNamed(bundle, survey.detects));
  const types: NamedTypes = new Map(bundle.types.map((type) => [type.name, type.type]));
  const constants = constantsOf(survey, types);
  for (const tool of bundle.tools) if (tool.labelsBy !== undefined) labelGlobsOf(tool);
  const roles = roleConditions(bundle.roles);
  const states = tierStates(bundle.tiers);
  const code = new Code();
  const source = { ...constants, roles, identity: bundle.identity, tierStates: states, types, bundle, code };
  const byTarget = rulesByTarget(bundle);
  const make = (tool: Tool): ToolProgram => new ToolProgram(tool, byTarget.get(tool.name) ?? [], source);
  const byName = toolPrograms(bundle, make);
  const params = readParams(bundle.params, options.params ?? {}, types, trial);
  const origins = asksForOrigin(bundle);
  const flows = survey.flows || origins;
  let known: string | undefined;
  const loaded: Program = {
    bundle,
    get digest() {
      known ??= digestOf(bundle, params.wire);
      return known;
    },
    types,
    tools: new Map([...byName.values()].map((program) => [program.tool.as ?? program.tool.name, program])),
    byName,
    reply: make(REPLY_TOOL),
    lattice: latticeOf(bundle),
    shapes: compileShapes(bundle),
    watched: watchedBy(survey.dids),
    flows,
    indexed: (flows && bundle.taint === "value") || survey.indexed || origins,
    params: params.values,
    facts: new Map(bundle.facts.map((fact) => [fact.name, fact])),
    intents: new Map(bundle.intents.map((intent) => [intent.name, intent.phrases])),
    roles,
    tiers: new Map(bundle.tiers.map((tier) => [tier.name, tier])),
    ...constants,
  };
  if (bundle.rules.length <= FEW_TO_COMPILE) for (const tool of byName.values()) tool.compile();
  warmUp(loaded);
  return loaded;
}

/** Policies with no more rules are compiled whole when they are loaded, larger ones tool by tool when each is first called. */
const FEW_TO_COMPILE = 500;

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
    // Few rules name more than one tool.
    for (const name of rule.tools.length > 1 ? new Set(rule.tools) : rule.tools) {
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

/** Whether an approver is shown where values come from. */
function asksForOrigin(bundle: Bundle): boolean {
  return bundle.rules.some(
    (rule) =>
      (rule.kind === "ask" || rule.kind === "demand") &&
      rule.demand.show.some((name) => name === "source" || name === "first_seen"),
  );
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
