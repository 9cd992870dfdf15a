import type { Decision, Fault, Identity, Json, Reason, Risk } from "@writ/ir";
import { readFields, type Value } from "@writ/ir/values";
import type { CallFlow, Fixed } from "../flow/call-flow.js";
import type { History } from "../history/history.js";
import type { Truth } from "./kleene.js";
import type { OutputRule, Program, ToolProgram } from "./program.js";
import { createScope, type Answers, type Scope } from "./scope.js";
import { truthOf } from "./evaluate.js";

/** One tool call at one instant. `args` is plain JSON within bounds (`copyJson`). */
export interface Question {
  readonly tool: string;
  readonly args: Json;
  readonly identity: Identity;
  readonly now: number;
  /** Roles that a test supposes. */
  readonly supposed?: ReadonlySet<string> | undefined;
  /** Gives the labels of the arguments; absent, every condition on labels and on what was said is unknown. */
  readonly flow?:
    | ((tool: ToolProgram, args: ReadonlyMap<string, Value>, fixed?: Fixed) => CallFlow | undefined)
    | undefined;
  /** What the session did; absent, every condition on it is unknown. */
  readonly history?: History | undefined;
  /** What facts and detectors answered; absent, conditions on them are unknown. */
  readonly answers?: Answers | undefined;
}

type Rule = Program["reply"]["rules"][number] | OutputRule;

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
  return decideFor(program, tool, question);
}

/** The same for a tool that was found already. */
export function decideFor(program: Program, tool: ToolProgram, question: Omit<Question, "tool">): Verdict {
  const read = readFields(tool.tool.params, question.args, program.types, "");
  if (!read.ok) return { ...refusedInput(read.fault), tool };
  const values = read.value instanceof Map ? asArguments(read.value) : new Map<string, Value>();
  const { supposed, history, answers } = question;
  const scope = createScope(program, tool, values, question.identity, question.now, {
    supposed,
    history,
    answers,
    flow: question.flow?.(tool, values),
  });
  const matches = tool.rules.map((rule) => ({ rule, truth: matchRule(rule, scope) }));
  return { decision: combine(program, tool, matches), tool, args: read.wire, values, matches, scope };
}

/** The canonical arguments of a call; undefined where it does not normalise. */
export function canonicalArgs(program: Program, tool: ToolProgram, args: Json): Json | undefined {
  const read = readFields(tool.tool.params, args, program.types, "");
  return read.ok ? read.wire : undefined;
}

function asArguments(map: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  return map;
}

/** The truth of a rule's condition; a fault in it is unknown. */
export function matchRule(rule: Rule, scope: Scope): Truth {
  try {
    return truthOf(rule.when, scope);
  } catch {
    scope.variables.clear();
    scope.lists.clear();
    return undefined;
  }
}

/** The verdict on a call that does not normalise. */
export function refusedInput(fault: Fault): Verdict {
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
  // What a rule would change in the arguments cannot be left open.
  const refusals = live.filter(
    ({ rule, truth }) =>
      rule.kind === "forbid" || (truth === undefined && "transforms" in rule && (rule.transforms ?? []).length > 0),
  );
  const granting = live.filter(grants);
  const tier = tool === program.reply ? undefined : highestTier(program, tool, live);
  const demands = live.flatMap(({ rule }) =>
    rule.kind === "ask" || rule.kind === "demand" ? [{ ...rule.demand, by: rule.id }] : [],
  );
  const approve = tier === undefined ? undefined : program.tiers.get(tier.name)?.approve;
  const reasons: Reason[] = [];
  if (approve !== undefined) {
    demands.push({ by: "tier", from: [approve], requester: false, quorum: 1, expires: DEFAULT_EXPIRY, show: [] });
  }
  let effect: Decision["effect"];
  if (refusals.length > 0) {
    effect = "forbid";
    reasons.push(
      ...refusals.map(({ rule, truth }) => ({
        by: rule.id,
        kind: "forbid" as const,
        truth: truth === true ? ("true" as const) : ("unknown" as const),
      })),
    );
  } else if (tier === undefined && tool !== program.reply) {
    effect = "forbid";
    reasons.push({ by: "tier", kind: "tier", truth: "true" });
  } else if (granting.length === 0 && tool !== program.reply) {
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
  const limits = live.flatMap(({ rule }) =>
    rule.limits.flatMap(({ tools }, index) =>
      tools?.includes(tool.tool.name) === false ? [] : [{ by: rule.id, index }],
    ),
  );
  return { format: "writ.decision/1", effect, reasons, demands, limits, ...(tier === undefined ? {} : { tier }) };
}

/** How the `@shadow` rules of a call come out; the decision does not know of them. */
export function decideShadow({ tool, scope }: Verdict): readonly Match[] {
  return scope === undefined ? [] : (tool?.shadows ?? []).map((rule) => ({ rule, truth: matchRule(rule, scope) }));
}

/** The decision with one more refusal: a duty of a rule that cannot be done. */
export function refusedBy(verdict: Verdict, rule: string): Verdict {
  return {
    ...verdict,
    decision: { ...verdict.decision, effect: "forbid", reasons: [{ by: rule, kind: "forbid", truth: "unknown" }] },
  };
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
