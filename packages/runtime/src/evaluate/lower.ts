import type { Decision } from "@writ/ir";
import { withDecision } from "./decided.js";
import type { Match, Verdict } from "./decide.js";
import { any, type Truth } from "./kleene.js";
import type { Program } from "./program.js";

const ORDER: readonly Decision["effect"][] = ["forbid", "ask", "allow"];

/**
 * The lower of two decisions on one call, before and after its arguments were changed, with the demands, limits and
 * tiers of both (language.md section 5.5). Arguments and scope are the later ones: limits count what the tool gets.
 */
export function lowerOf(program: Program, first: Verdict, second: Verdict): Verdict {
  const [a, b] = [first.decision, second.decision];
  const lower = ORDER.indexOf(a.effect) < ORDER.indexOf(b.effect) ? a : b;
  const demands = [...b.demands, ...a.demands.filter((one) => !b.demands.some((other) => isSameDemand(one, other)))];
  const limits = [
    ...b.limits,
    ...a.limits.filter((one) => !b.limits.some((other) => other.by === one.by && other.index === one.index)),
  ];
  const tier = higherTier(program, a.tier, b.tier);
  // Whoever is asked by either decision is told why.
  const reasons =
    a.effect === "ask" && b.effect === "ask"
      ? [...b.reasons, ...a.reasons.filter((one) => !b.reasons.some((other) => other.by === one.by))]
      : lower.reasons;
  const decision: Decision = { ...lower, reasons, demands, limits, ...(tier === undefined ? {} : { tier }) };
  return withDecision(second, decision, eitherMatch(first.matches, second.matches));
}

/** Rules of two policies may have one name: only what demands the same is the same demand. */
function isSameDemand(one: Decision["demands"][number], other: Decision["demands"][number]): boolean {
  return (
    other.by === one.by &&
    other.from.join() === one.from.join() &&
    other.quorum === one.quorum &&
    other.requester === one.requester
  );
}

function higherTier(program: Program, a: Decision["tier"], b: Decision["tier"]): Decision["tier"] {
  const names = [...program.tiers.keys()];
  const risks = ["low", "medium", "high", "critical"].filter((name) => names.some((known) => known === name));
  if (a === undefined || b === undefined) return a ?? b;
  return risks.indexOf(a.name) > risks.indexOf(b.name) ? a : b;
}

function eitherMatch(a: readonly Match[], b: readonly Match[]): readonly Match[] {
  return b.map((match) => {
    const before: Truth = a.find((other) => other.rule === match.rule)?.truth;
    return { rule: match.rule, truth: any([before, match.truth], (truth) => truth) };
  });
}
