import type { Bundle, Json, Rule } from "@writ/ir";
import type { PolicyTest } from "@writ/policy";
import { GuardError } from "@writ/runtime";
import { rehearse, type Rehearsal } from "@writ/runtime/rehearsal";
import { placeOf } from "../place.js";
import { runTest, type TestedPolicy } from "../policy-tester.js";
import type { Got, PolicyTestResult } from "../policy-tester-report.js";
import type { RuleChange } from "./change.js";
import type { Mutant, MutationReport } from "./report.js";
import { ruleChanges } from "./rule-changes.js";

/** Mutants that are tried where nothing else is said. */
export const MAX_MUTANTS = 2000;
/** Mutants between two breaths, in which whatever else the process does goes on. */
const BREATH = 16;

interface Candidate {
  readonly name: string;
  readonly index: number;
  readonly rule: Rule;
  readonly change: RuleChange;
}

/** A test that passes on the policy, what came of it there, and the tools it calls. */
interface Passing {
  readonly test: PolicyTest;
  readonly result: PolicyTestResult;
  readonly tools: ReadonlySet<string>;
}

/**
 * Tries the tests of a policy on policies that differ from it in one place: a rule that is gone, a comparison turned,
 * a bound moved. Where no test fails on such a mutant, none shows what that place is for. A mutant may also survive
 * because it decides every call as the policy does; that is not found out here.
 *
 * Only tests that pass on the policy itself count. The same bundle and tests give the same report. Throws a
 * `GuardError` for a bundle no guard takes.
 */
export async function mutatePolicy(
  { bundle, tests }: TestedPolicy,
  { maxMutants = MAX_MUTANTS }: { readonly maxMutants?: number } = {},
): Promise<MutationReport> {
  const rehearsal = await rehearse(bundle);
  const passing: Passing[] = [];
  for (const test of tests) {
    const result = await runTest(rehearsal, bundle, test);
    if (result.ok) passing.push({ test, result, tools: new Set(result.calls.map(({ tool }) => tool)) });
  }
  const all = candidates(bundle, samplesOf(tests));
  const chosen = spread(all, maxMutants);
  const mutants: Mutant[] = [];
  for (const [i, candidate] of chosen.entries()) {
    if (i % BREATH === BREATH - 1) await new Promise((resolve) => setTimeout(resolve, 0));
    const { rule, change } = candidate;
    const tools = new Set([...rule.tools, ...(change.to?.tools ?? [])]);
    // A rule acts on calls of its tools alone: no other test can tell.
    const concerned = passing.filter((one) => [...one.tools].some((tool) => tools.has(tool)));
    mutants.push({ ...described(bundle, candidate), ...(await tried(bundle, candidate, concerned)) });
  }
  const counted = (status: Mutant["status"]): number => mutants.filter((mutant) => mutant.status === status).length;
  return {
    total: all.length,
    tried: mutants.length,
    killed: counted("killed"),
    survived: counted("survived"),
    invalid: counted("invalid"),
    mutants,
  };
}

function described(
  bundle: Bundle,
  { name, rule, change }: Candidate,
): Pick<Mutant, "name" | "rule" | "operator" | "at" | "was" | "now"> {
  return {
    name,
    rule: rule.id,
    operator: change.operator,
    at: placeOf(bundle, change.at),
    was: change.was,
    now: change.now,
  };
}

async function tried(
  bundle: Bundle,
  { index, change }: Candidate,
  tests: readonly Passing[],
): Promise<Pick<Mutant, "status" | "killedBy" | "hint" | "unnoticed">> {
  const { to } = change;
  if (tests.length === 0) return { status: "survived", hint: change.hint };
  const rules = to === undefined ? bundle.rules.toSpliced(index, 1) : bundle.rules.with(index, to);
  const called = new Set(tests.flatMap((test) => [...test.tools]));
  // Rules of tools that are not called say nothing here, and a large policy has many of them.
  const mutated = await rehearsalOf({
    ...bundle,
    rules: rules.filter((rule) => rule.tools.some((tool) => called.has(tool))),
  });
  if (mutated === undefined) return { status: "invalid" };
  let unnoticed: Mutant["unnoticed"];
  for (const { test, result } of tests) {
    const other = await runTest(mutated, bundle, test);
    if (!other.ok) return { status: "killed", killedBy: test.name };
    unnoticed ??= firstDifference(result, other);
  }
  return { status: "survived", hint: change.hint, ...(unnoticed === undefined ? {} : { unnoticed }) };
}

async function rehearsalOf(bundle: Bundle): Promise<Rehearsal | undefined> {
  try {
    return await rehearse(bundle);
  } catch (error) {
    if (error instanceof GuardError) return undefined;
    throw error;
  }
}

function candidates(bundle: Bundle, samples: readonly string[]): readonly Candidate[] {
  return bundle.rules.flatMap((rule, index) => {
    const count = new Map<string, number>();
    return [...ruleChanges(rule, bundle, samples)].map((change) => {
      const nth = (count.get(change.operator) ?? 0) + 1;
      count.set(change.operator, nth);
      return { name: `${rule.id} ${change.operator} ${nth}`, index, rule, change };
    });
  });
}

/** So many of all, at even distances. */
function spread<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, i) => Math.floor((i * all.length) / most)).flatMap((i) =>
    all.slice(i, i + 1),
  );
}

/** The first call that came out otherwise, though its test passes. */
function firstDifference(was: PolicyTestResult, now: PolicyTestResult): Mutant["unnoticed"] {
  for (const [i, call] of was.calls.entries()) {
    const other = now.calls[i];
    if (other === undefined) continue;
    const [before, after] = [gotWords(call.got), gotWords(other.got)];
    if (before !== after) return { at: call.at, was: before, now: after };
  }
  return undefined;
}

/** What became of a call, in the words of a test. */
function gotWords({ effect, by, demands, tier }: Got): string {
  const from = [...new Set(demands.flatMap((demand) => demand.from))];
  return [
    effect,
    ...(by.length > 0 ? [`by ${by.join(", ")}`] : []),
    ...(from.length > 0 ? [`from ${from.join(", ")}`] : []),
    ...(tier === undefined ? [] : [`isolated ${tier.name}`]),
  ].join(" ");
}

/** Every text that the calls of tests give, each once, in their order. */
function samplesOf(tests: readonly PolicyTest[]): readonly string[] {
  const found = new Set<string>();
  const visit = (value: Json): void => {
    if (typeof value === "string") found.add(value);
    else if (typeof value === "object" && value !== null) for (const inner of Object.values(value)) visit(inner);
  };
  for (const test of tests) for (const step of test.steps) if (step.kind === "call") visit(step.args);
  return [...found];
}
