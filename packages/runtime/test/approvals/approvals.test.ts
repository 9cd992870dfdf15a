import type { Bundle, Json } from "@writ/ir";
import { describe, expect, it } from "vitest";
import {
  createGuard,
  memoryAudit,
  memoryStore,
  type Approver,
  type Guard,
  type Outcome,
  type Session,
  type StateStore,
} from "../../src/index.js";
import { allow, ask, AT, bundle, forbid, tool, unknown } from "../bundle.js";

const refund = tool(
  "refund",
  [
    { name: "customer", type: { kind: "Id" } },
    { name: "amount", type: { kind: "Money" } },
    { name: "note", type: { kind: "Text" } },
  ],
  { effects: ["pay"] },
);
const policy = bundle(
  [refund],
  [ask("big", ["refund"], undefined, { show: ["customer"] }, { because: "Refunds need a manager" })],
);
const args = (amount = 120): Json => ({ customer: "c9", amount: { amount, currency: "USD" }, note: "say \u202eyes" });
const mia = { id: "mia", groups: ["managers"] };

interface Bench {
  readonly guard: Guard;
  readonly audit: ReturnType<typeof memoryAudit>;
  readonly clock: { time: number; now(): number };
  readonly session: Session;
  /** Makes the call; `runs` counts how often the tool ran. */
  call(amount?: number, session?: Session): Promise<Outcome>;
  readonly runs: { count: number };
}

async function bench(made: Bundle = policy, state: StateStore = memoryStore()): Promise<Bench> {
  const audit = memoryAudit();
  const clock = { time: 1_000_000, now: () => clock.time };
  const guard = await createGuard({ policy: made, audit, state, clock });
  const session = await guard.session({ user: { id: "ann", groups: ["support"] }, thread: "t" });
  const runs = { count: 0 };
  return {
    guard,
    audit,
    clock,
    session,
    runs,
    call: (amount, on = session) => on.call({ tool: "refund", args: args(amount) }, () => (runs.count += 1)),
  };
}

function waiting(outcome: Outcome): string {
  if (outcome.status !== "waiting") throw new Error(`expected waiting, got ${outcome.status}`);
  return outcome.approval.id;
}

describe("an approval", () => {
  it("is asked for, granted by someone with the role, and used once", async () => {
    const made = await bench();
    const id = waiting(await made.call());
    expect(made.runs.count).toBe(0);
    expect(await made.guard.approvals.resolve(id, { by: mia, grant: true })).toMatchObject({
      ok: true,
      approval: { status: "granted" },
    });
    expect(await made.call()).toMatchObject({ status: "done" });
    expect(waiting(await made.call())).not.toBe(id);
    expect(made.runs.count).toBe(1);
    const kinds = made.audit
      .records()
      .flatMap((record) =>
        record.type === "approval" ? [record.state] : record.type === "intent" ? [record.effect] : [],
      );
    expect(kinds).toEqual(["requested", "ask", "granted", "used", "allow", "requested", "ask"]);
  });

  it("shows canonical values, every amount, and quotes what anyone may have written", async () => {
    const made = await bench();
    await made.call();
    const [approval] = await made.guard.approvals.list();
    expect(approval).toMatchObject({
      tool: "refund",
      requester: "ann",
      demands: [{ rule: "big", at: "test.policy:1:1", from: ["manager"], because: "Refunds need a manager" }],
      show: [
        { name: "customer", text: "c9" },
        { name: "amount", text: "120 USD" },
      ],
    });
    const everything = await bench(bundle([refund], [ask("big", ["refund"])]));
    await everything.call();
    expect((await everything.guard.approvals.list())[0]?.show[2]).toEqual({
      name: "note",
      text: String.raw`"say \u{202e}yes"`,
      quoted: true,
    });
  });

  it("lesson 10: is bound to its arguments: a grant of a small refund runs no other", async () => {
    const made = await bench();
    const id = waiting(await made.call(60));
    await made.guard.approvals.resolve(id, { by: mia, grant: true });
    expect((await made.call(9000)).status).toBe("waiting");
    expect(made.runs.count).toBe(0);
    expect((await made.call(60)).status).toBe("done");
  });

  it("is bound to the session and the identity", async () => {
    const made = await bench();
    await made.guard.approvals.resolve(waiting(await made.call()), { by: mia, grant: true });
    const other = await made.guard.session({ user: { id: "ann", groups: ["support"] } });
    const more = await made.guard.session({ user: { id: "ann", groups: ["support", "admins"] }, thread: "t" });
    expect((await made.call(120, other)).status).toBe("waiting");
    expect((await made.call(120, more)).status).toBe("waiting");
    expect(made.runs.count).toBe(0);
  });

  it("is void under another policy", async () => {
    const state = memoryStore();
    const before = await bench(policy, state);
    const id = waiting(await before.call());
    await before.guard.approvals.resolve(id, { by: mia, grant: true });
    const pendingToo = waiting(await before.call(77));
    const after = await bench({ ...policy, policy: { name: "test", version: 2 } }, state);
    expect((await after.call()).status).toBe("waiting");
    expect(await after.guard.approvals.resolve(pendingToo, { by: mia, grant: true })).toMatchObject({
      ok: false,
      code: "not_pending",
    });
    expect(after.runs.count).toBe(0);
  });

  it("lesson 10: used by many calls at once lets one through", async () => {
    const made = await bench();
    await made.guard.approvals.resolve(waiting(await made.call()), { by: mia, grant: true });
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => made.call()));
    expect(outcomes.filter((outcome) => outcome.status === "done")).toHaveLength(1);
    expect(made.runs.count).toBe(1);
  });

  it.each<[string, Approver, string]>([
    ["the requester", { id: "ann", groups: ["managers"] }, "not_eligible"],
    ["someone without the role", { id: "bob", groups: ["support"] }, "not_eligible"],
    ["someone whose groups are unknown", { id: "bob" }, "not_eligible"],
    ["someone whose groups are malformed", { id: "bob", groups: "managers" }, "not_eligible"],
    ["nobody", { id: "" }, "not_eligible"],
  ])("is not granted by %s", async (_, by, code) => {
    const made = await bench();
    const id = waiting(await made.call());
    expect(await made.guard.approvals.resolve(id, { by, grant: true })).toMatchObject({ ok: false, code });
    expect((await made.call()).status).toBe("waiting");
  });

  it("may be granted by the requester where the rule says so", async () => {
    const made = await bench(
      bundle([refund], [ask("big", ["refund"], undefined, { from: ["support"], requester: true })]),
    );
    const id = waiting(await made.call());
    expect(
      await made.guard.approvals.resolve(id, { by: { id: "ann", groups: ["support"] }, grant: true }),
    ).toMatchObject({ ok: true });
    expect((await made.call()).status).toBe("done");
  });

  it("needs its quorum of distinct people, and ends at one rejection", async () => {
    const two = bundle([refund], [ask("big", ["refund"], undefined, { quorum: 2 })]);
    const made = await bench(two);
    const id = waiting(await made.call());
    expect(await made.guard.approvals.resolve(id, { by: mia, grant: true })).toMatchObject({
      ok: true,
      approval: { status: "pending" },
    });
    expect(await made.guard.approvals.resolve(id, { by: mia, grant: true })).toMatchObject({
      ok: false,
      code: "already_decided",
    });
    expect((await made.call()).status).toBe("waiting");
    expect(
      await made.guard.approvals.resolve(id, { by: { id: "max", groups: ["managers"] }, grant: false }),
    ).toMatchObject({ ok: true, approval: { status: "rejected" } });
    expect(await made.call()).toMatchObject({ status: "refused", cause: "rejected" });
    expect(
      await made.guard.approvals.resolve(id, { by: { id: "moe", groups: ["managers"] }, grant: true }),
    ).toMatchObject({ ok: false, code: "not_pending" });
    expect(made.runs.count).toBe(0);
  });

  it("meets every rule that demands, each by its own role", async () => {
    const both = bundle([refund], [ask("one", ["refund"]), ask("two", ["refund"], undefined, { from: ["support"] })]);
    const made = await bench(both);
    const id = waiting(await made.call());
    expect(await made.guard.approvals.resolve(id, { by: mia, grant: true })).toMatchObject({
      approval: { status: "pending" },
    });
    expect(
      await made.guard.approvals.resolve(id, { by: { id: "sam", groups: ["support"] }, grant: true }),
    ).toMatchObject({ approval: { status: "granted" } });
  });

  it("expires, granted or not, and a later call asks anew", async () => {
    const made = await bench();
    const id = waiting(await made.call());
    made.clock.time += 1_800_000;
    expect(await made.guard.approvals.resolve(id, { by: mia, grant: true })).toMatchObject({
      ok: false,
      code: "expired",
    });
    const second = waiting(await made.call());
    await made.guard.approvals.resolve(second, { by: mia, grant: true });
    made.clock.time += 1_800_000;
    expect(await made.call()).toMatchObject({ status: "refused", cause: "expired" });
    expect((await made.call()).status).toBe("waiting");
    expect(made.runs.count).toBe(0);
  });

  it("does not outlive a refusal: the decision is made again when it is granted", async () => {
    const made = await bench(
      bundle(
        [refund],
        [
          ask("big", ["refund"]),
          forbid("late", ["refund"], {
            op: "compare",
            operator: ">",
            type: { kind: "Time" },
            left: { op: "now", at: AT },
            right: { op: "literal", type: { kind: "Time" }, value: "1970-01-01T00:20:00Z", at: AT },
            at: AT,
          }),
        ],
      ),
    );
    await made.guard.approvals.resolve(waiting(await made.call()), { by: mia, grant: true });
    made.clock.time = 1_200_001;
    expect(await made.call()).toMatchObject({ status: "refused", cause: "policy" });
  });

  it("is demanded by a rule that is unknown too", async () => {
    const made = await bench(bundle([refund], [allow("a", ["refund"]), ask("maybe", ["refund"], unknown)]));
    expect((await made.call()).status).toBe("waiting");
  });

  it("of a session waits for at most its cap of calls", async () => {
    const made = await bench();
    for (let i = 1; i <= 32; i += 1) expect((await made.call(i)).status).toBe("waiting");
    expect(await made.call(33)).toMatchObject({ status: "refused", cause: "overload" });
    expect((await made.call(7)).status).toBe("waiting");
  });

  it("that cannot be recorded is not granted", async () => {
    const audit = memoryAudit();
    let full = false;
    const sink = {
      ...audit,
      append: (...given: Parameters<typeof audit.append>) =>
        full ? Promise.reject(new Error("ENOSPC")) : audit.append(...given),
    };
    const guard = await createGuard({ policy, audit: sink, state: memoryStore() });
    const session = await guard.session({ user: { id: "ann" } });
    const id = waiting(await session.call({ tool: "refund", args: args() }, () => 1));
    full = true;
    expect(await guard.approvals.resolve(id, { by: mia, grant: true })).toMatchObject({
      ok: false,
      code: "unavailable",
    });
    full = false;
    expect((await session.call({ tool: "refund", args: args() }, () => 1)).status).toBe("waiting");
  });

  it("in a store that was tampered with into nonsense counts as none", async () => {
    const state = memoryStore();
    const made = await bench(policy, state);
    await made.call();
    for (const { key, version } of await state.list("approval/"))
      await state.compareAndSet(key, version, { status: "granted", id: "x" });
    expect((await made.call()).status).toBe("waiting");
    expect(made.runs.count).toBe(0);
  });

  it("unknown ids are said to be unknown, prototype names too", async () => {
    const made = await bench();
    for (const id of ["nope", "__proto__", ""])
      expect(await made.guard.approvals.resolve(id, { by: mia, grant: true })).toMatchObject({
        ok: false,
        code: "unknown",
      });
    expect(await made.guard.approvals.get("nope")).toBeUndefined();
  });
});
