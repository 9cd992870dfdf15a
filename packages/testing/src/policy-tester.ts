import type { Bundle, Identity, Span } from "@writ/ir";
import type { PolicyTest, TestCall } from "@writ/policy";
import { rehearse, type Rehearsal, type Stage } from "@writ/runtime/rehearsal";
import { gotOf, judge } from "./policy-tester-judge.js";
import type { PolicyTestCallResult, PolicyTestReport, PolicyTestResult, SourcePlace } from "./policy-tester-report.js";

/** A policy that compiled, and the tests that stand in it. A `Compilation` without errors is one. */
export interface TestedPolicy {
  readonly bundle: Bundle;
  readonly tests: readonly PolicyTest[];
}

/** When a test begins that says no `at`: a Monday. Milliseconds since 1970. */
export const TEST_START = Date.UTC(2026, 0, 5, 10);

const NOBODY: Identity = { user: {}, agent: {}, session: {} };

/**
 * Runs the tests of a policy on the real decision code and the real path of a call: limits are counted, records are
 * made, a call that asks waits. Each test has a clock, limits and a log of its own; tools return what `returns` says
 * and nothing runs. Every call of a test is made, also after one that came out wrong. Where the scene gives no
 * `user.id` it is `test-user`, as no call is made without one. Throws a `GuardError` for a bundle no guard takes.
 */
export async function runPolicyTests(policy: TestedPolicy): Promise<PolicyTestReport> {
  const rehearsal = await rehearse(policy.bundle);
  const tests: PolicyTestResult[] = [];
  for (const test of policy.tests) tests.push(await runTest(rehearsal, policy.bundle, test));
  const { name, version } = policy.bundle.policy;
  const passed = tests.filter(({ ok }) => ok).length;
  return {
    ok: passed === tests.length,
    policy: { name, ...(version === undefined ? {} : { version }), digest: rehearsal.digest },
    passed,
    failed: tests.length - passed,
    tests,
  };
}

/** Where a test stands: who calls, and what time it is. */
interface Scenery {
  now: number;
  roles: readonly string[] | undefined;
  identity: Identity;
  /** A session is one identity's: each `as` begins another. */
  sessions: number;
}

async function runTest(rehearsal: Rehearsal, bundle: Bundle, test: PolicyTest): Promise<PolicyTestResult> {
  const scenery: Scenery = { now: TEST_START, roles: undefined, identity: NOBODY, sessions: 1 };
  const stage = rehearsal.stage({ now: () => scenery.now });
  const calls: PolicyTestCallResult[] = [];
  for (const step of test.steps) {
    switch (step.kind) {
      case "as":
        scenery.roles = step.roles;
        scenery.identity = step.claims;
        scenery.sessions += 1;
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
  const outcome = await stage.call(
    {
      roles: scenery.roles,
      session: typeof given === "string" ? given : `test-session-${scenery.sessions}`,
      identity: { user: { id: "test-user", ...user }, agent, session },
    },
    // A host knows a tool by its `as`.
    {
      tool: bundle.tools.find(({ name }) => name === step.tool)?.as ?? step.tool,
      args: step.args,
      returns: step.returns ?? null,
    },
  );
  const got = gotOf(outcome, step.tool, bundle);
  const problems = judge(step, got, outcome);
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

function placeOf(bundle: Bundle, span: Span): SourcePlace {
  return { file: bundle.sources[span[0]]?.name ?? "?", line: span[3], column: span[4] };
}
