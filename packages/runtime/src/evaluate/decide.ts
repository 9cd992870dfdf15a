import type { Decision, Fault, Identity, Json, Reason, Risk, Rule } from "@writ/ir";
import { readFields, type Value } from "@writ/ir/values";
import type { Truth } from "./kleene.js";
import type { Program, ToolProgram } from "./program.js";
import { createScope, type Scope } from "./scope.js";
import { truthOf } from "./evaluate.js";

/** One tool call at one instant. `args` is plain JSON within bounds (`copyJson`). */
export interface Question {
  readonly tool: string;
  readonly args: Json;
  readonly identity: Identity;
  readonly now: number;
  /** Roles that a test supposes. */
  readonly supposed?: ReadonlySet<string> | undefined;
}

/** A rule and how its condition came out. */
export interface Match {
  readonly rule: Rule;
  readonly truth: Truth;
}

/** A decision with what made it, for the runtime; the decision itself is what crosses a process boundary. */
export interface Verdict {
  readonly decision: Decision;
  readonly tool?: ToolProgram;
  /** The canonical arguments, as the tool receives them and as digests cover them. */
  readonly args?: Json;
  readonly values?: ReadonlyMap<string, Value>;
  readonly matches: readonly Match[];
  readonly scope?: Scope;
}

const RISKS: readonly Risk[] = ["low", "medium", "high", "critical"];

/**
 * Decides one call (language.md section 5, steps 1 to 4): normalise, match every rule of the tool in Kleene logic,
 * combine. Pure and synchronous; whatever goes wrong inside makes a condition unknown, and unknown acts by the
 * polarity of its rule, so nothing that breaks here lets a call through.
 */
export function decide(program: Program, question: Question): Verdict {
  const tool = program.tools.get(question.tool);
  if (tool === undefined) {
    return refusedInput({ path: "tool", code: "unknown_tool", message: "the policy does not declare this tool" });
  }
  const read = readFields(tool.tool.params, question.args, program.types, "");
  if (!read.ok) return { ...refusedInput(read.fault), tool };
  const values = read.value instanceof Map ? asArguments(read.value) : new Map<string, Value>();
  const scope = createScope(program, tool, values, question.identity, question.now, question.supposed);
  const matches = tool.rules.map((rule) => ({ rule, truth: matchRule(rule, scope) }));
  return { decision: combine(program, tool, matches), tool, args: read.wire, values, matches, scope };
}

function asArguments(map: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  return map;
}

/** The truth of a rule's condition; a fault in it is unknown. */
function matchRule(rule: Rule, scope: Scope): Truth {
  try {
    return truthOf(rule.when, scope);
  } catch {
    scope.variables.clear();
    return undefined;
  }
}

function refusedInput(fault: Fault): Verdict {
  const decision: Decision = {
    format: "writ.decision/1",
    effect: "forbid",
    reasons: [{ by: "input", kind: "input", truth: "true" }],
    demands: [],
    limits: [],
    fault,
  };
  return { decision, matches: [] };
}

function reason(match: Match): Reason {
  const { kind, id } = match.rule;
  const word = kind === "allow" || kind === "ask" || kind === "demand" ? kind : "forbid";
  return { by: id, kind: word, truth: match.truth === true ? "true" : "unknown" };
}

function grants({ rule, truth }: Match): boolean {
  return truth === true && (rule.kind === "allow" || rule.kind === "ask");
}

/** Section 5, steps 3 and 4: any refusal forbids; no grant forbids; any demand asks; otherwise allow. */
export function combine(program: Program, tool: ToolProgram, matches: readonly Match[]): Decision {
  const live = matches.filter((found) => found.truth !== false);
  const refusals = live.filter((found) => found.rule.kind === "forbid");
  const granting = live.filter(grants);
  const tier = highestTier(program, tool, live);
  const demands = live.flatMap(({ rule }) => (rule.kind === "ask" || rule.kind === "demand" ? [{ ...rule.demand, by: rule.id }] : []));
  const approve = tier === undefined ? undefined : program.tiers.get(tier.name)?.approve;
  const reasons: Reason[] = [];
  if (approve !== undefined) {
    demands.push({ by: "tier", from: [approve], requester: false, quorum: 1, expires: DEFAULT_EXPIRY, show: [] });
  }
  let effect: Decision["effect"];
  if (refusals.length > 0) {
    effect = "forbid";
    reasons.push(...refusals.map(reason));
  } else if (tier === undefined) {
    effect = "forbid";
    reasons.push({ by: "tier", kind: "tier", truth: "true" });
  } else if (granting.length === 0) {
    effect = "forbid";
    reasons.push({ by: "default", kind: "default", truth: "true" });
  } else if (demands.length > 0) {
    effect = "ask";
    reasons.push(...live.filter(({ rule }) => rule.kind === "ask" || rule.kind === "demand").map(reason));
    if (approve !== undefined) reasons.push({ by: "tier", kind: "tier", truth: "true" });
  } else {
    effect = "allow";
    reasons.push(...granting.map(reason));
  }
  const limits = live.flatMap(({ rule }) => rule.limits.map((_, index) => ({ by: rule.id, index })));
  return { format: "writ.decision/1", effect, reasons, demands, limits, ...(tier === undefined ? {} : { tier }) };
}

/** Half an hour, as for an `ask` that says nothing else. */
const DEFAULT_EXPIRY = 30 * 60_000;

/** The highest of the tool's tier and those that live rules raise it to; undefined where the policy has no such tier. */
function highestTier(program: Program, tool: ToolProgram, live: readonly Match[]): Decision["tier"] {
  const wanted = [tool.tool.risk, ...live.flatMap(({ rule }) => (rule.isolate === undefined ? [] : [rule.isolate]))];
  const highest = wanted.reduce((a, b) => (RISKS.indexOf(b) > RISKS.indexOf(a) ? b : a));
  const tier = program.tiers.get(highest);
  return tier === undefined ? undefined : { name: highest, isolate: tier.isolate };
}
