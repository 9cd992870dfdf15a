import { canonicalize, printExpression, type Expression, type Json } from "@writ/ir";
import { visible } from "../approvals/view/visible.js";
import type { CallContext } from "../call/context.js";
import type { Verdict } from "../evaluate/decide.js";
import { watchCondition } from "../evaluate/watch.js";
import { explain, place } from "./explain.js";
import { heldCall } from "../faults/held-call.js";
import { argumentOrigins, type ArgumentOrigin } from "../flow/origins.js";
import type { FactFunction } from "../call/inquiry.js";
import { nearestTo, type Change, type Nearest } from "./nearest.js";
import type { ToolCall } from "../port.js";
import { prepare } from "../call/prepare.js";

type Known = "true" | "false" | "unknown";

/** A part of a rule's condition that was looked at. */
export interface ExplainedAtom {
  readonly text: string;
  readonly line: number;
  readonly truth: Known;
}

/** A rule that concerns the tool. */
export interface ExplainedRule {
  readonly id: string;
  readonly kind: string;
  /** Where it stands: `support.policy:12:3`. */
  readonly at: string;
  readonly truth: Known;
  readonly because?: string;
  /** Whether the decision is what it is by this rule. */
  readonly decides: boolean;
  readonly atoms: readonly ExplainedAtom[];
}

/** Why a call would be decided as it would be, now and in this session. For people: nothing of it is for the model. */
export interface Explanation {
  readonly effect: "allow" | "ask" | "forbid";
  /** In words, with rules and their places. */
  readonly reasons: readonly string[];
  readonly rules: readonly ExplainedRule[];
  /** Where each argument comes from; empty where the policy looks at no labels. */
  readonly origins: readonly ArgumentOrigin[];
  /** Smallest changes under which a refused call would not be, each decided by the engine. */
  readonly nearest: readonly Nearest[];
  /** All of it as text. */
  readonly text: string;
}

const MAX_ATOMS = 64;

/**
 * Decides a call without making it: nothing is run, recorded, counted or remembered. Facts and detectors are asked. Says
 * what the rules say, and not what limits, approvals, the breaker or the kill switch would.
 */
export async function explainCall(given: CallContext, made: Pick<ToolCall, "tool" | "args">): Promise<Explanation> {
  const { call: held, args } = heldCall(made);
  const call: ToolCall = { tool: held.tool, args: held.args }; // a host's id would be taken for a call that was made
  const context = { ...given, facts: askedOnce(given.facts) };
  const tool = context.program.tools.get(call.tool) ?? context.program.byName.get(call.tool);
  const { verdict } = await prepare(context, call, args, tool);
  const { decision, scope } = verdict;
  const refused = decision.effect === "forbid" && tool !== undefined && args.ok;
  const explained: Omit<Explanation, "text"> = {
    effect: decision.effect,
    reasons: explain(context.program.bundle, verdict),
    rules: rulesOf(context, verdict),
    origins: scope?.flow === undefined || !context.program.flows ? [] : argumentOrigins(scope.flow),
    nearest: refused ? await nearestTo(context, tool, args.value, verdict) : [],
  };
  return { ...explained, text: textOf(explained) };
}

/** A search decides often; the host is asked each question once. */
function askedOnce(facts: CallContext["facts"]): CallContext["facts"] {
  const answers = new Map<string, ReturnType<FactFunction>>();
  return new Map(
    [...facts].map(([name, ask]) => [
      name,
      (...args: readonly Json[]) => {
        const key = canonicalize([name, [...args]]);
        const before = answers.get(key);
        if (before !== undefined) return before;
        const answer = ask(...args);
        answers.set(key, answer);
        return answer;
      },
    ]),
  );
}

function known(truth: boolean | undefined): Known {
  return truth === undefined ? "unknown" : truth ? "true" : "false";
}

function rulesOf({ program }: CallContext, { matches, scope, decision }: Verdict): readonly ExplainedRule[] {
  const deciding = new Set(decision.reasons.map(({ by }) => by));
  return matches.map(({ rule, truth }) => {
    const atoms: ExplainedAtom[] = [];
    const see = (node: Expression, seen: boolean | undefined): void => {
      if (node.op === "and" || node.op === "or" || node.op === "not" || atoms.length >= MAX_ATOMS) return;
      atoms.push({ text: printExpression(node), line: node.at[3], truth: known(seen) });
    };
    try {
      if (scope !== undefined) watchCondition(rule.when, scope, see);
    } catch {
      // What was seen until then is what can be told.
    }
    return {
      id: rule.id,
      kind: "form" in rule && rule.form !== undefined ? rule.form : rule.kind,
      at: place(program.bundle, rule.at),
      truth: known(truth),
      ...(rule.because === undefined ? {} : { because: rule.because }),
      decides: deciding.has(rule.id),
      atoms,
    };
  });
}

const EFFECT = { allow: "allowed", ask: "asked about", forbid: "refused" } as const;

function textOf({ effect, reasons, rules, origins, nearest }: Omit<Explanation, "text">): string {
  const lines = [`The call is ${EFFECT[effect]}.`, ...reasons.map((reason) => `  ${visible(reason)}`)];
  for (const rule of rules) {
    lines.push(`${rule.decides ? "*" : " "} ${rule.kind} ${rule.id} (${rule.at}): ${rule.truth}`);
    for (const { text, line, truth } of rule.atoms)
      lines.push(`      ${truth.padEnd(7)} ${visible(text)} (line ${line})`);
  }
  for (const { name, labels, standing, sources, more } of origins) {
    const from = sources.map(
      ({ from: who, call, path }) =>
        `${who}${path === undefined ? "" : ` at ${path}`}${call === undefined ? "" : ` (call ${call})`}`,
    );
    const all = [...from, ...(more > 0 ? [`${more} more`] : [])].join(", ");
    const carries = labels === undefined ? "labels unknown" : labels.join(", ");
    lines.push(visible(`  ${name} [${carries}] stands ${standing}${all === "" ? "" : ` in ${all}`}`));
  }
  for (const { changes, effect: then } of nearest)
    lines.push(`It would be ${EFFECT[then]} ${changes.map(describeChange).join(" and ")}.`);
  if (effect === "forbid" && nearest.length === 0) lines.push("No small change was found that would allow it.");
  return `${lines.join("\n")}\n`;
}

function describeChange(change: Change): string {
  switch (change.kind) {
    case "argument":
      return `with ${change.name}: ${visible(canonicalize(change.value))}`;
    case "without":
      return `without ${change.name}`;
    case "role":
      return `for someone with the role ${change.role}`;
    case "fresh":
      return "in a session that has read and done nothing before";
    case "tool":
      return `as ${change.tool}`;
  }
}
