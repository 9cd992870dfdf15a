import { compile, memoryHost } from "@writ/policy";
import { createGuard, memoryAudit, memoryStore } from "@writ/runtime";
import { describe, expect, test } from "vitest";
import { runPolicyTests } from "../src/policy-tester.js";
import type { PolicyTestReport } from "../src/policy-tester-report.js";

const POLICY = `policy acme.desk @ 3
use std.tiers

identity user    { id: Id, groups: [Text], mfa: Bool }
identity session { id: Id, participants: [Email] }

role support { user.groups has "support" }
role manager { user.groups has "manager" }
role owner   { user.groups has "owner" }

tool crm.look_up (id: Id) -> Text                     { effect read    risk low }
tool pay.refund  (customer: Id, amount: Money) -> Id  { effect pay     risk low }
tool mail.send   (to: [Email], subject: Line) -> Id   { effect egress  risk low  sink to }
tool job.run     (name: Id) -> Text                   { effect exec    risk high }
tool "mcp__crm__purge-all" as crm.purge (id: Id) -> Id { effect delete risk low }

allow look_up      on crm.look_up { for support }
allow small_refund on pay.refund  {
  for   support
  when  amount <= 50 USD
  limit 2 calls per hour by user
}
ask big_refund on pay.refund {
  for  support
  when amount > 50 USD
  from manager, owner
}
allow reply on mail.send { for support  when every to in session.participants }
forbid outside on mail.send { when some to.domain == "evil.test"  because "Not there" }
allow run   on job.run   { for support }
allow purge on crm.purge { for owner }
forbid night on crm.purge { when now > 2026-06-01T00:00:00Z }
`;

async function runTests(tests: string): Promise<PolicyTestReport> {
  const {
    bundle,
    tests: found,
    diagnostics,
  } = await compile("desk.policy", memoryHost({ "desk.policy": POLICY + tests }));
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return runPolicyTests({ bundle: bundle!, tests: found });
}

/** The problems of each call of a test with these steps. */
async function problems(...steps: string[]): Promise<readonly (readonly string[])[]> {
  const report = await runTests(`test "t" {\n${steps.join("\n")}\n}\n`);
  return report.tests[0]!.calls.map((call) => call.problems);
}

describe("a test passes where the policy does what it says", () => {
  test.each([
    ["a grant", ["as support", 'call crm.look_up(id: "c9") => allow by look_up returns "Ann"']],
    ["nobody by default", ['call crm.look_up(id: "c9") => forbid']],
    ["no grant for another role", ["as manager", 'call crm.look_up(id: "c9") => forbid by default']],
    [
      "a question",
      ["as support", 'call pay.refund(customer: "c9", amount: 120 USD) => ask by big_refund from manager, owner'],
    ],
    [
      "the same question again, after it would have expired",
      [
        "as support",
        'call pay.refund(customer: "c9", amount: 120 USD) => ask',
        'call pay.refund(customer: "c9", amount: 120 USD) => ask',
        "wait 1h",
        'call pay.refund(customer: "c9", amount: 120 USD) => ask by big_refund',
      ],
    ],
    [
      "claims",
      [
        'as support with session.participants = ["ann@acme.com"]',
        'call mail.send(to: ["ann@acme.com"], subject: "hi") => allow by reply',
      ],
    ],
    [
      "an absent claim grants nothing",
      ["as support", 'call mail.send(to: ["ann@acme.com"], subject: "hi") => forbid by default'],
    ],
    [
      "a refusal over a grant",
      [
        'as support with session.participants = ["x@evil.test"]',
        'call mail.send(to: ["x@evil.test"], subject: "hi") => forbid by outside',
      ],
    ],
    [
      "a call that does not normalise",
      ["as support", 'call mail.send(to: ["no address"], subject: "hi") => forbid by input'],
    ],
    [
      "a tier and its backend",
      [
        "as support",
        'call job.run(name: "x") => allow isolated high',
        'call job.run(name: "x") => allow isolated container',
      ],
    ],
    ["a tool that hosts know by another name", ["as owner", 'call crm.purge(id: "x") => allow by purge']],
    ["an instant", ["as owner", "at 2026-07-01T00:00:00Z", 'call crm.purge(id: "x") => forbid by night']],
    ["two roles", ["as support, owner", 'call crm.purge(id: "x") => allow', 'call crm.look_up(id: "x") => allow']],
    [
      "another person in the same test",
      ["as support", 'call crm.look_up(id: "x") => allow', "as owner", 'call crm.look_up(id: "x") => forbid'],
    ],
  ])("%s", async (_, steps) => {
    expect((await problems(...steps)).flat()).toEqual([]);
  });

  test("limits count what was allowed, and nothing else, and slide", async () => {
    const small = 'call pay.refund(customer: "c9", amount: 20 USD)';
    expect(
      (
        await problems(
          "as support",
          'call pay.refund(customer: "c 9", amount: 20 USD) => forbid by input',
          'call pay.refund(customer: "c9", amount: 120 USD) => ask',
          `${small} => allow`,
          "wait 30m",
          `${small} => allow`,
          `${small} => forbid by limit`,
          "wait 31m",
          `${small} => allow`,
          `${small} => forbid by limit`,
        )
      ).flat(),
    ).toEqual([]);
  });

  test("each test has limits of its own", async () => {
    const calls = Array.from({ length: 2 }, () => 'call pay.refund(customer: "c9", amount: 20 USD) => allow').join(
      "\n",
    );
    const report = await runTests(`test "a" { as support ${calls} }\ntest "b" { as support ${calls} }\n`);
    expect(report).toMatchObject({ ok: true, passed: 2, failed: 0 });
  });
});

describe("a test fails where it does not, and says why", () => {
  test.each([
    [
      "another effect",
      ["as support", 'call crm.look_up(id: "c9") => forbid'],
      /^the test says forbid, the policy says allow$/,
    ],
    [
      "another reason",
      ["as support", 'call crm.look_up(id: "c9") => allow by reply'],
      /^reply is not among the reasons \(look_up\)$/,
    ],
    [
      "fewer who may agree",
      ["as support", 'call pay.refund(customer: "c9", amount: 120 USD) => ask from manager'],
      /^the test says from manager, the policy asks manager, owner$/,
    ],
    [
      "somebody where nobody is asked",
      ["as support", 'call crm.look_up(id: "c9") => allow from manager'],
      /^the test says from manager, the policy asks nobody$/,
    ],
    [
      "another tier",
      ["as support", 'call job.run(name: "x") => allow isolated inline'],
      /^the test says isolated inline, the call runs in container \(tier high\)$/,
    ],
    [
      "a limit that is not reached",
      ["as support", 'call pay.refund(customer: "c9", amount: 1 USD) => forbid by limit'],
      /^the test says forbid/,
    ],
    [
      "a default where a rule refuses",
      [
        'as support with session.participants = ["x@evil.test"]',
        'call mail.send(to: ["x@evil.test"], subject: "hi") => forbid by default',
      ],
      /^default is not among the reasons \(outside\)$/,
    ],
  ])("%s", async (_, steps, said) => {
    const [found] = await problems(...steps);
    expect(found?.[0]).toMatch(said);
  });

  test("with the place, both sides and the decision in words; later calls are made all the same", async () => {
    const report = await runTests(`test "wrong" {
  as support with session.participants = ["x@evil.test"]
  call mail.send(to: ["x@evil.test"], subject: "hi") => allow
  call crm.look_up(id: "c9") => allow
}
`);
    expect(report).toMatchObject({ ok: false, passed: 0, failed: 1, policy: { name: "acme.desk", version: 3 } });
    const [wrong, right] = report.tests[0]!.calls;
    const line = POLICY.split("\n").length + 2;
    expect(wrong).toMatchObject({
      ok: false,
      at: { file: "desk.policy", line, column: 3 },
      expected: { effect: "allow", by: [], from: [] },
      got: { effect: "forbid", by: ["outside"], demands: [], tier: { name: "low", isolate: "inline" } },
      explanation: [expect.stringMatching(/^forbid outside \(desk\.policy:\d+:\d+\): Not there$/)],
    });
    expect(right?.ok).toBe(true);
  });
});

test("no tests is a report of none", async () => {
  expect(await runTests("")).toMatchObject({ ok: true, passed: 0, failed: 0, tests: [] });
});

test("a guard cannot be made to suppose roles or to skip isolation", async () => {
  const { bundle } = await compile("desk.policy", memoryHost({ "desk.policy": POLICY }));
  const smuggled = {
    rehearsal: { supposed: new Set(["support", "owner"]) },
    supposed: new Set(["support"]),
    roles: ["support"],
  };
  const options = { policy: bundle!, audit: memoryAudit(), state: memoryStore() };
  await expect(createGuard({ ...options, ...smuggled })).rejects.toThrow("no option");
  const guard = await createGuard(options);
  const eve = { user: { id: "eve", roles: ["support"] } };
  await expect(guard.session({ ...eve, ...smuggled })).rejects.toThrow("no option");
  const session = await guard.session(eve);
  let ran = 0;
  for (const call of [
    { tool: "crm.look_up", args: { id: "c9" } },
    { tool: "job.run", args: { name: "x" } },
  ]) {
    const outcome = await session.call(
      { ...call, ...smuggled },
      Object.assign(() => (ran += 1), smuggled),
    );
    expect(outcome.status).toBe("refused");
  }
  const real = await guard.session({ user: { id: "sue", groups: ["support"] } });
  const outcome = await real.call({ tool: "job.run", args: { name: "x" } }, () => (ran += 1));
  expect(outcome).toMatchObject({ status: "refused", cause: "tier" });
  expect(ran).toBe(0);
  await guard.close();
});

const SCENES = `policy acme.scenes @ 1
use std.labels
use std.tiers
use std.identity
taint value
param work: Path
fact risk(user: Id) -> Int { timeout 50ms  on error 100 }
tool fs.read   (path: Path, count: Int) -> Text  { effect read    risk low  labels untrusted }
tool note.read (id: Id) -> Text                  { effect read    risk low  labels trusted, confidential }
tool mail.send (to: [Email], body: Text)         { effect egress  risk low  sink to }
role someone { user.mfa }
allow read  on fs.read   { when path under work and risk(user.id) < 50  clamp count to 1 .. 10 }
allow note  on note.read { when id in said }
allow send  on mail.send { when every to.domain in ["b.com"] }
flow confidential -> egress forbid
flow secret -> egress forbid
require asked_first on mail.send { after note.read(result == "hello") ok within 1h }
prove never_proven { some allow fs.read }
`;

/** The problems of each call of a test of the scenes. */
async function scene(...steps: string[]): Promise<readonly (readonly string[])[]> {
  const text = `${SCENES}test "t" {\n${steps.join("\n")}\n}\n`;
  const { bundle, tests, proofs, diagnostics } = await compile("s.policy", memoryHost({ "s.policy": text }));
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  const report = await runPolicyTests({ bundle: bundle!, tests, proofs });
  expect(report.unproven).toMatchObject([{ name: "never_proven", at: { file: "s.policy" } }]);
  return report.tests[0]!.calls.map((call) => call.problems);
}

describe("a test sets the scene", () => {
  const given = ['as anyone with work = "/repo"', "given fact risk = 10"].map((step) =>
    step.replace("anyone", "someone"),
  );

  test("with params and facts; a fact not given takes its `on error`, a param not given is unknown", async () => {
    const call = (path: string, effect: string): string => `call fs.read(path: "${path}", count: 3) => ${effect}`;
    expect(await scene(...given, call("/repo/a", "allow"), call("/etc/a", "forbid"))).toEqual([[], []]);
    expect(await scene(given[0]!, call("/repo/a", "forbid"))).toEqual([[]]);
    expect(await scene(given[1]!, call("/repo/a", "forbid"))).toEqual([[]]);
  });

  test("with the user's words", async () => {
    const call = (effect: string): string => `call note.read(id: "case-9") => ${effect} returns "hello"`;
    expect(await scene('said "open case-9, please"', call("allow"))).toEqual([[]]);
    expect(await scene('said "open case-99, please"', call("forbid"))).toEqual([[]]);
    expect(await scene(call("allow"))).not.toEqual([[]]);
  });

  test("with labels that were read before, and with results by their handles", async () => {
    const note = 'said "open case-9"\ncall note.read(id: "case-9") => allow returns "hello"';
    const send = (body: string, effect: string): string =>
      `call mail.send(to: ["a@b.com"], body: ${body}) => ${effect}`;
    expect(await scene(note, send("$1", "forbid by confidential_to_egress"))).toEqual([[], []]);
    expect(await scene("given label secret", note, send('"x"', "forbid by secret_to_egress"))).toEqual([[], []]);
  });

  test("with what happened, and how long ago", async () => {
    const send = (by: string): string => `call mail.send(to: ["a@b.com"], body: "x") => forbid by ${by}`;
    const note = 'said "open case-9"\ncall note.read(id: "case-9") => allow returns "hello"';
    expect(await scene(send("asked_first"))).toEqual([[]]);
    const [, early] = await scene(note, send("asked_first"));
    expect(early).toEqual(["asked_first is not among the reasons (confidential_to_egress)"]);
    expect((await scene(note, "wait 2h", send("asked_first")))[1]).toEqual([]);
  });

  test("and says what the tool is given after transforms", async () => {
    const call = (count: number, seen: number): string =>
      `call fs.read(path: "/repo/a", count: ${count}) => allow with (count: ${seen})`;
    expect(await scene(...given, call(99, 10), call(0, 1), call(5, 5))).toEqual([[], [], []]);
    expect(await scene(...given, call(99, 99))).toEqual([["the test says count is 99, the tool is given 10"]]);
    expect(await scene(...given, 'call fs.read(path: "/x", count: 1) => forbid with (count: 1)')).toEqual([
      ["the test says `with`, and the call was not made: no tool was given anything"],
    ]);
  });
});
