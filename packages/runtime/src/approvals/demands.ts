import type { Decision, Rule } from "@writ/ir";
import type { Verdict } from "../evaluate/decide.js";
import type { Approval, Demanded } from "./approval.js";

/** What is demanded of a call. */
export type Demand = Decision["demands"][number];

/** Whether an approval asked for just this. Rules of two policies may have one name: the name alone says nothing. */
export function isDemand(asked: Demanded, demand: Demand): boolean {
  return (
    asked.rule === demand.by &&
    asked.quorum === demand.quorum &&
    asked.requester === demand.requester &&
    asked.from.join() === demand.from.join()
  );
}

/** Whether an approval demands all that is demanded of a call by now. What came up since was agreed to by nobody. */
export function coversDemands({ demands }: Approval, now: readonly Demand[]): boolean {
  return now.every((demand) => demands.some((asked) => isDemand(asked, demand)));
}

/** The rule that demands; undefined for what a tier demands. */
export function ruleOf(verdict: Verdict, demand: Demand): Rule | undefined {
  const named = verdict.matches.flatMap(({ rule }) => (rule.id === demand.by ? [rule] : []));
  return named.length < 2 ? named[0] : named.find((rule) => "demand" in rule && demandsSame(rule.demand, demand));
}

function demandsSame(a: Omit<Demand, "by">, b: Omit<Demand, "by">): boolean {
  return a.from.join() === b.from.join() && a.quorum === b.quorum && a.requester === b.requester;
}
