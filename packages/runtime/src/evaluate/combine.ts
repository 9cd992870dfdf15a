import type { Decision, Reason } from "@writ/ir";
import { RISKS } from "./engine/tool-code.js";
import type { OutputRule, Program, ToolProgram } from "./program.js";
import type { Truth } from "./kleene.js";

type Rule = Program["reply"]["rules"][number] | OutputRule;

/** A rule and how its condition came out. */
export interface Match {
  readonly rule: Rule;
  readonly truth: Truth;
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
    rule.kind === "ask" || rule.kind === "demand"
      ? [{ ...rule.demand, from: [...rule.demand.from], show: [...rule.demand.show], by: rule.id }]
      : [],
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

/** Half an hour, as for an `ask` that says nothing else. */
const DEFAULT_EXPIRY = 30 * 60_000;

/** The highest of the tool's tier and those that live rules raise it to; undefined where the policy has no such tier. */
function highestTier(program: Program, tool: ToolProgram, live: readonly Match[]): Decision["tier"] {
  const wanted = [tool.tool.risk, ...live.flatMap(({ rule }) => (rule.isolate === undefined ? [] : [rule.isolate]))];
  const highest = wanted.reduce((a, b) => (RISKS.indexOf(b) > RISKS.indexOf(a) ? b : a));
  const tier = program.tiers.get(highest);
  return tier === undefined ? undefined : { name: highest, isolate: tier.isolate };
}
