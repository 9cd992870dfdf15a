import { canonicalize, type Bundle, type Identity, type Json } from "@writ/ir";
import { readFields } from "@writ/ir/values";
import type { PolicyProof, PolicyTest, TestCall } from "@writ/policy";
import { rehearse, type Rehearsal, type Stage, type Watcher } from "@writ/runtime/rehearsal";
import { CoverageCount } from "./coverage.js";
import { placeOf } from "./place.js";
import { gotOf, judge } from "./policy-tester-judge.js";
import type { PolicyTestCallResult, PolicyTestReport, PolicyTestResult } from "./policy-tester-report.js";

/** A policy that compiled, and the tests that stand in it. A `Compilation` without errors is one. */
export interface TestedPolicy {
  readonly bundle: Bundle;
  readonly tests: readonly PolicyTest[];
  /** What the policy says of itself and nothing here proves: the report names them. */
  readonly proofs?: readonly PolicyProof[];
}

/** When a test begins that says no `at`: a Monday. Milliseconds since 1970. */
export const TEST_START = Date.UTC(2026, 0, 5, 10);

const NOBODY: Identity = { user: {}, agent: {}, session: {} };

/**
 * Runs the tests of a policy on the real decision code and the real path of a call: limits are counted, records are
 * made, a call that asks waits. Each test has a clock, limits and a log of its own; tools return what `returns` says
 * and nothing runs. Every call of a test is made, also after one that came out wrong. Where the scene gives no
 * `user.id` it is `test-user`, as no call is made without one. With `coverage` the report says what the tests touch of
 * the policy. Throws a `GuardError` for a bundle no guard takes.
 */
export async function runPolicyTests(
  policy: TestedPolicy,
  options: { readonly coverage?: boolean } = {},
): Promise<PolicyTestReport> {
  const rehearsal = await rehearse(policy.bundle);
  const count = options.coverage === true ? new CoverageCount(rehearsal.bundle) : undefined;
  const tests: PolicyTestResult[] = [];
  for (const test of policy.tests) tests.push(await runTest(rehearsal, policy.bundle, test, count));
  const { name, version } = policy.bundle.policy;
  const passed = tests.filter(({ ok }) => ok).length;
  return {
    ok: passed === tests.length,
    policy: { name, ...(version === undefined ? {} : { version }), digest: rehearsal.digest },
    passed,
    failed: tests.length - passed,
    tests,
    unproven: (policy.proofs ?? []).map(({ name: proof, span }) => ({ name: proof, at: placeOf(policy.bundle, span) })),
    ...(count === undefined ? {} : { coverage: count.report() }),
  };
}

/** Where a test stands: who calls, what time it is, and what was given, said and read. */
interface Scenery {
  now: number;
  roles: readonly string[] | undefined;
  identity: Identity;
  params: Record<string, Json>;
  readonly facts: Record<string, Json>;
  said: string[];
  labels: string[];
  /** A session is one identity's: each `as` begins another. */
  sessions: number;
  /** Whether a call was made in this session: what is set before the first belongs to whoever makes it. */
  begun: boolean;
}

/** Runs one test on a rehearsal, which may be that of a mutant of the bundle. */
export async function runTest(
  rehearsal: Rehearsal,
  bundle: Bundle,
  test: PolicyTest,
  watcher?: Watcher,
): Promise<PolicyTestResult> {
  const scenery: Scenery = {
    now: TEST_START,
    roles: undefined,
    identity: NOBODY,
    params: {},
    facts: {},
    said: [],
    labels: [],
    sessions: 1,
    begun: false,
  };
  const stage = rehearsal.stage({ now: () => scenery.now }, watcher);
  const calls: PolicyTestCallResult[] = [];
  for (const step of test.steps) {
    switch (step.kind) {
      case "as":
        scenery.roles = step.roles;
        scenery.identity = step.claims;
        // A guard is given its params once, whoever calls.
        scenery.params = { ...scenery.params, ...step.params };
        scenery.sessions += 1;
        if (scenery.begun) [scenery.said, scenery.labels] = [[], []];
        scenery.begun = false;
        break;
      case "said":
        scenery.said = [...scenery.said, step.text];
        break;
      case "label":
        scenery.labels = [...scenery.labels, ...step.labels];
        break;
      case "fact":
        scenery.facts[step.name] = step.value;
        break;
      case "at":
        scenery.now = step.time;
        break;
      case "wait":
        scenery.now += step.duration;
        break;
      case "call":
        calls.push(await runCall(stage, bundle, scenery, step));
        break;
    }
  }
  return { name: test.name, at: placeOf(bundle, test.span), ok: calls.every(({ ok }) => ok), calls };
}

async function runCall(stage: Stage, bundle: Bundle, scenery: Scenery, step: TestCall): Promise<PolicyTestCallResult> {
  const { user, agent, session } = scenery.identity;
  const given = session["id"];
  scenery.begun = true;
  let received: Json | undefined;
  const outcome = await stage.call(
    {
      roles: scenery.roles,
      session: typeof given === "string" ? given : `test-session-${scenery.sessions}`,
      identity: { user: { id: "test-user", ...user }, agent, session },
      params: scenery.params,
      facts: scenery.facts,
      said: scenery.said,
      labels: scenery.labels,
    },
    // A host knows a tool by its `as`.
    {
      tool: bundle.tools.find(({ name }) => name === step.tool)?.as ?? step.tool,
      args: step.args,
      returns: step.returns,
      received: (args) => {
        received = args;
      },
    },
  );
  const got = gotOf(outcome, step.tool, bundle);
  const problems = [...judge(step, got, outcome), ...changesOf(bundle, step, received)];
  return {
    at: placeOf(bundle, step.span),
    tool: step.tool,
    args: step.args,
    ok: problems.length === 0,
    expected: {
      effect: step.effect,
      by: step.by,
      from: step.from,
      ...(step.isolated === undefined ? {} : { isolated: step.isolated }),
    },
    got,
    problems,
    explanation: outcome.explanation,
  };
}

/** Where `with` names an argument and the tool would be given another, both canonical. */
function changesOf(bundle: Bundle, step: TestCall, received: Json | undefined): readonly string[] {
  if (step.with === undefined) return [];
  if (received === undefined) return ["the test says `with`, and the call was not made: no tool was given anything"];
  const tool = bundle.tools.find(({ name }) => name === step.tool);
  const types = new Map(bundle.types.map(({ name, type }) => [name, type]));
  const params = (tool?.params ?? []).filter(({ name }) => Object.hasOwn(step.with ?? {}, name));
  const expected = readFields(params, step.with, types, "");
  if (!expected.ok) return [`\`with\` does not fit the tool: ${expected.fault.message}`];
  const given = new Map(Object.entries(isRecord(received) ? received : {}));
  return Object.entries(isRecord(expected.wire) ? expected.wire : {}).flatMap(([name, value]) => {
    const actual = given.get(name);
    if (actual !== undefined && canonicalize(actual) === canonicalize(value)) return [];
    return [
      `the test says ${name} is ${JSON.stringify(value)}, the tool is given ${actual === undefined ? "none" : JSON.stringify(actual)}`,
    ];
  });
}

function isRecord(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
