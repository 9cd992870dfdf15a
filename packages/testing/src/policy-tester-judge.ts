import type { Bundle } from "@writ/ir";
import type { TestCall } from "@writ/policy";
import type { Outcome } from "@writ/runtime";
import type { Got } from "./policy-tester-report.js";

/** What the guard made of a call, in the words of a test. */
export function gotOf(outcome: Outcome, tool: string, bundle: Bundle): Got {
  const { decision } = outcome;
  const by =
    outcome.status === "refused" && outcome.cause !== "policy" && outcome.cause !== "input" && outcome.cause !== "tier"
      ? [outcome.cause]
      : decision.reasons.map((reason) => reason.by);
  const effect = outcome.status === "waiting" ? "ask" : outcome.status === "refused" ? "forbid" : "allow";
  const demands = effect === "ask" ? decision.demands.map(({ by: rule, from }) => ({ rule, from })) : [];
  const named = decision.tier ?? ownTier(tool, bundle);
  return { effect, by: [...new Set(by)], demands, ...(named === undefined ? {} : { tier: named }) };
}

/** A call that is refused before its rules are looked at still has the tier of its tool. */
function ownTier(tool: string, bundle: Bundle): Got["tier"] {
  const risk = bundle.tools.find(({ name }) => name === tool)?.risk;
  const tier = bundle.tiers.find(({ name }) => name === risk);
  return tier === undefined ? undefined : { name: tier.name, isolate: tier.isolate };
}

/** What differs from what the test says; empty when the call came out as it should. */
export function judge(expected: TestCall, got: Got, outcome: Outcome): readonly string[] {
  const broken = brokenBy(outcome);
  if (broken !== undefined) return [broken];
  const problems: string[] = [];
  if (got.effect !== expected.effect) problems.push(`the test says ${expected.effect}, the policy says ${got.effect}`);
  const unread = got.by.includes("input");
  if (unread && !expected.by.includes("input"))
    problems.push("the call does not normalise; a test that means this says `by input`");
  const missing = unread && problems.length > 0 ? [] : expected.by.filter((rule) => !got.by.includes(rule));
  for (const rule of missing) problems.push(`${rule} is not among the reasons (${got.by.join(", ") || "none"})`);
  // Where the effect differs, that nobody is asked is no news.
  if (expected.from.length > 0 && (got.effect === "ask" || problems.length === 0)) {
    const roles = askedOf(got, expected.by);
    if (!same(roles, expected.from)) {
      problems.push(`the test says from ${expected.from.join(", ")}, the policy asks ${roles.join(", ") || "nobody"}`);
    }
  }
  const { isolated } = expected;
  if (isolated !== undefined && isolated !== got.tier?.name && isolated !== got.tier?.isolate) {
    problems.push(
      `the test says isolated ${isolated}, the call runs in ${got.tier === undefined ? "no tier" : `${got.tier.isolate} (tier ${got.tier.name})`}`,
    );
  }
  return problems;
}

/** Who may agree: of the demands of the rules that the test names, or of all where it names none that demands. */
function askedOf(got: Got, rules: readonly string[]): readonly string[] {
  const named = got.demands.filter(({ rule }) => rules.includes(rule));
  return [...new Set((named.length > 0 ? named : got.demands).flatMap(({ from }) => from))];
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return new Set([...a, ...b]).size === new Set(a).size && new Set(a).size === new Set(b).size;
}

/** A call that ended in a way no decision explains: then the test says nothing of the policy. */
function brokenBy(outcome: Outcome): string | undefined {
  switch (outcome.status) {
    case "done":
    case "waiting":
      return undefined;
    case "failed":
      return `the call did not run to its end: ${outcome.message}`;
    case "refused":
      switch (outcome.cause) {
        case "policy":
        case "input":
        case "limit":
        case "tier":
          return undefined;
        case "rejected":
        case "expired":
        case "audit":
        case "state":
        case "closed":
        case "stopped":
        case "pin":
        case "ended":
        case "breaker":
        case "aborted":
        case "fault":
        case "overload":
          return `the tester refused the call, not the policy (${outcome.cause}): ${outcome.explanation.join("; ")}`;
      }
  }
}
