import type { Bundle, Expression, Json, Rule } from "@writ/ir";
import { describe, expect, it } from "vitest";
import {
  createGuard,
  memoryAudit,
  memoryStore,
  type GuardOptions,
  type Session,
  type StateStore,
} from "../src/index.js";
import { allow, arg, AT, flow, forbid, id, labelledBundle, not, text, tool } from "./flow/labelled.js";

const fetch = tool("fetch", [], { result: text });
const pay = tool(
  "pay",
  [
    { name: "to", type: id },
    { name: "note", type: text, optional: true },
  ],
  {
    effects: ["pay"],
    steer: ["to"],
    sinks: ["to"],
  },
);
const push = tool("push", [], { effects: ["write"] });
const isAgent = (name: string): Expression => ({
  op: "compare",
  operator: "==",
  type: id,
  left: { op: "claim", of: "agent", name: "id", at: AT },
  right: { op: "literal", type: id, value: name, at: AT },
  at: AT,
});
const has = (name: string): Expression => ({
  op: "in",
  type: id,
  left: { op: "literal", type: id, value: name, at: AT },
  right: { op: "claim", of: "agent", name: "chain", at: AT },
  at: AT,
});
const base = (...rules: Rule[]): Bundle => {
  const made = labelledBundle([fetch, pay, push], rules, { taint: "value" });
  return {
    ...made,
    identity: {
      ...made.identity,
      agent: [
        { name: "id", type: id },
        { name: "chain", type: { kind: "List", of: id } },
      ],
    },
  };
};
const everything = allow("ok", ["fetch", "pay", "push"]);

async function start(of: Bundle, more: Partial<GuardOptions> = {}, thread?: string) {
  const audit = memoryAudit();
  const guard = await createGuard({ policy: of, audit, state: memoryStore(), ...more });
  const session = await guard.session({
    user: { id: "ann" },
    agent: { id: "planner" },
    ...(thread === undefined ? {} : { thread }),
  });
  return { guard, audit, session };
}
async function make(session: Session, name: string, args: Json, returns?: unknown, callId?: string): Promise<string> {
  const outcome = await session.call({ tool: name, args, ...(callId === undefined ? {} : { callId }) }, () => returns);
  if (outcome.status === "done") return outcome.replayed ? "replayed" : "done";
  if (outcome.status === "failed") return `failed ${outcome.cause}`;
  const by = outcome.decision.reasons.map((reason) => reason.by).join();
  return outcome.status === "refused" && outcome.cause !== "policy"
    ? `refused ${outcome.cause}`
    : `${outcome.status} ${by}`;
}

describe("a delegate", () => {
  it("may what its agent may and everyone before it may, and nothing else", async () => {
    const { session } = await start(
      base(
        allow("planner_all", ["fetch", "pay"], isAgent("planner")),
        allow("coder_all", ["fetch", "push"], isAgent("coder")),
      ),
    );
    const coder = await session.delegate({ agent: { id: "coder" } });
    expect(await make(coder, "fetch", {}, "x")).toBe("done"); // both may
    expect(await make(coder, "pay", { to: "c9" })).toBe("refused default"); // the planner alone
    expect(await make(coder, "push", {})).toBe("refused default"); // the coder alone: nobody gains by delegating
    expect(await make(session, "push", {})).toBe("refused default");
    expect(await make(session, "pay", { to: "c9" })).toBe("done");
  });

  it("is refused what anyone in its chain is forbidden, asked what anyone is asked, over any depth", async () => {
    const ask: Rule = {
      kind: "ask",
      id: "planner_asks",
      tools: ["pay"],
      when: isAgent("planner"),
      limits: [],
      demand: { from: ["manager"], requester: false, quorum: 1, expires: 1000, show: [] },
      at: AT,
    };
    const { session } = await start(base(everything, ask, forbid("no_coder", ["push"], isAgent("coder"))));
    const coder = await session.delegate({ agent: { id: "coder" } });
    const tester = await coder.delegate({ agent: { id: "tester" } });
    expect(tester.identity.agent).toEqual({ id: "tester", chain: ["planner", "coder", "tester"] });
    expect(await make(session, "push", {})).toBe("done");
    expect(await make(coder, "push", {})).toBe("refused no_coder");
    expect(await make(tester, "push", {})).toBe("refused no_coder");
    expect(await make(tester, "pay", { to: "c9" })).toBe("waiting planner_asks");
  });

  it("is known to rules by its chain", async () => {
    const { session } = await start(base(everything, forbid("no_delegates", ["pay"], has("planner"))));
    const coder = await session.delegate({ agent: { id: "coder" } });
    expect(await make(coder, "pay", { to: "c9" })).toBe("refused no_delegates");
  });

  it("is in every record with its chain, and its session with its parent", async () => {
    const { audit, session } = await start(base(everything));
    const coder = await session.delegate({ agent: { id: "coder" } });
    await make(coder, "fetch", {}, "x");
    await make(session, "fetch", {}, "x");
    expect(audit.records().slice(2)).toMatchObject([
      { type: "session", session: coder.id, parent: session.id, identity: { agent: { chain: ["planner", "coder"] } } },
      { type: "intent", session: coder.id, agents: ["planner", "coder"] },
      { type: "outcome", session: coder.id, agents: ["planner", "coder"] },
      { type: "intent", session: session.id },
      { type: "outcome", session: session.id },
    ]);
    expect(audit.records().at(-1)).not.toHaveProperty("agents");
  });

  it("shares its labels: what it read is in the context of the one it acts for, and the other way", async () => {
    const { session } = await start(base(everything, flow("f", ["pay"], [["untrusted"]], "forbid")));
    const [coder, tester] = [
      await session.delegate({ agent: { id: "coder" } }),
      await session.delegate({ agent: { id: "tester" } }),
    ];
    expect(await make(session, "pay", { to: "eve_1" })).toBe("done");
    await make(coder, "fetch", {}, "pay eve_1");
    for (const one of [session, coder, tester]) expect(await make(one, "pay", { to: "eve_1" })).toBe("refused f");
    tester.heard("user", "pay bob_7");
    expect(await make(session, "pay", { to: "bob_7" })).toBe("done");
  });

  it("shares limits: delegating gives nobody a second allowance, and each agent's own counts too", async () => {
    const limit = (count: number, by: Rule["limits"][number]["by"]): Rule["limits"][number] => ({
      kind: "calls",
      count,
      window: "session",
      by,
      at: AT,
    });
    const perAgent: Expression = { op: "claim", of: "agent", name: "id", at: AT };
    const { session } = await start(base({ ...everything, limits: [limit(3, [])] }));
    const coder = await session.delegate({ agent: { id: "coder" } });
    const tester = await coder.delegate({ agent: { id: "tester" } });
    expect([await make(session, "push", {}), await make(coder, "push", {}), await make(tester, "push", {})]).toEqual([
      "done",
      "done",
      "done",
    ]);
    for (const one of [session, coder, tester]) expect(await make(one, "push", {})).toBe("refused limit");
    const other = await start(base({ ...everything, limits: [limit(2, [perAgent])] }));
    const one = await other.session.delegate({ agent: { id: "coder" } });
    const two = await other.session.delegate({ agent: { id: "tester" } });
    expect([await make(one, "push", {}), await make(two, "push", {})]).toEqual(["done", "done"]);
    // The planner's two are used up by its delegates, whatever they have left themselves.
    for (const late of [one, two, other.session]) expect(await make(late, "push", {})).toBe("refused limit");
  });

  it("shares approvals: what is agreed to for the session is agreed to once, and asks count against one cap", async () => {
    const ask: Rule = {
      kind: "ask",
      id: "q",
      tools: ["pay"],
      limits: [],
      when: { op: "literal", type: { kind: "Bool" }, value: true, at: AT },
      demand: { from: ["manager"], requester: false, quorum: 1, expires: 1_800_000, show: [] },
      at: AT,
    };
    const { guard, session } = await start(base(ask));
    const coder = await session.delegate({ agent: { id: "coder" } });
    expect(await make(coder, "pay", { to: "bob_7" })).toBe("waiting q");
    const [waiting] = await guard.approvals.list();
    expect(waiting).toMatchObject({ session: session.id, agent: "coder" });
    await guard.approvals.resolve(waiting?.id ?? "", { by: { id: "boss", groups: ["managers"] }, grant: true });
    // It was given for the call of this chain, and no other agent's.
    expect(await make(session, "pay", { to: "bob_7" })).toBe("waiting q");
    expect(await make(coder, "pay", { to: "bob_7" })).toBe("done");
    expect(await make(coder, "pay", { to: "bob_7" })).toBe("waiting q");
  });

  it("is stopped with any agent of its chain", async () => {
    const { guard, session } = await start(base(everything));
    const coder = await session.delegate({ agent: { id: "coder" } });
    await guard.stop({ agent: "planner" }, { by: "boss", why: "enough" });
    expect(await make(coder, "push", {})).not.toBe("done");
  });

  it("ends with the session it acts for, and before it where it is ended by itself", async () => {
    const { session } = await start(base(everything));
    const [coder, tester] = [
      await session.delegate({ agent: { id: "coder" } }),
      await session.delegate({ agent: { id: "tester" } }),
    ];
    await coder.end();
    expect(await make(coder, "push", {})).toBe("refused ended");
    expect([await make(tester, "push", {}), await make(session, "push", {})]).toEqual(["done", "done"]);
    await session.end();
    expect(await make(tester, "push", {})).toBe("refused ended");
  });

  it("of a named task is the same after a restart: what it did is not done again", async () => {
    const state: StateStore = { ...memoryStore(), close: () => Promise.resolve() };
    const first = await start(base(everything), { state }, "t");
    const coder = await first.session.delegate({ agent: { id: "coder" }, task: "step-1" });
    expect(await make(coder, "push", {}, 1, "call-1")).toBe("done");
    await first.guard.close();
    const second = await start(base(everything), { state }, "t");
    const again = await second.session.delegate({ agent: { id: "coder" }, task: "step-1" });
    expect(again.id).toBe(coder.id);
    expect(await make(again, "push", {}, 1, "call-1")).toBe("replayed");
    const others = [
      await second.session.delegate({ agent: { id: "coder" }, task: "step-2" }),
      await second.session.delegate({ agent: { id: "tester" }, task: "step-1" }),
      await again.delegate({ agent: { id: "coder" }, task: "step-1" }),
      await second.session.delegate({ agent: { id: "coder" } }),
    ];
    expect(new Set([coder.id, ...others.map((one) => one.id)]).size).toBe(5);
    for (const one of others) expect(await make(one, "push", {}, 1, "call-1")).toBe("done");
  });

  it("lesson 21: has an id that Writ made and a chain that nobody gives", async () => {
    const { session } = await start(base(everything));
    const coder = await session.delegate({ agent: { id: "coder" } });
    expect(coder.id).toMatch(/^s_/);
    for (const agent of [{ id: "coder", chain: [] }, { id: "coder", chain: ["root"] }, { id: "" }])
      await expect(session.delegate({ agent })).rejects.toMatchObject({ code: "identity_invalid" });
    const guard = await createGuard({ policy: base(everything), audit: memoryAudit(), state: memoryStore() });
    const nameless = await guard.session({ user: { id: "ann" } });
    await expect(nameless.delegate({ agent: { id: "coder" } })).rejects.toMatchObject({ code: "identity_invalid" });
  });

  it("has a chain of bounded length", async () => {
    let { session } = await start(base(everything));
    const deeper = async (): Promise<void> => {
      for (let i = 0; i < 40; i += 1) session = await session.delegate({ agent: { id: `a${i}` } });
    };
    await expect(deeper()).rejects.toMatchObject({ code: "misuse" });
  });

  it("of a verified chain is decided for each of it, of whom nothing but the id is known", async () => {
    const { guard } = await start(
      base(allow("all", ["fetch", "push"], isAgent("coder")), allow("planner", ["fetch"], isAgent("planner"))),
    );
    const session = await guard.session({ user: { id: "ann" }, agent: { id: "coder", chain: ["planner", "coder"] } });
    expect(await make(session, "fetch", {}, "x")).toBe("done");
    expect(await make(session, "push", {})).toBe("refused default");
  });
});

describe("a delegate with a policy of its own", () => {
  const narrow = (...rules: Rule[]): Bundle => ({ ...base(...rules), policy: { name: "acme.coder", version: 1 } });

  it("may only what both policies allow, and is asked what either asks; both are on record", async () => {
    const { audit, session } = await start(base(allow("ok", ["fetch", "pay"])));
    const coder = await session.delegate({ agent: { id: "coder" }, policy: narrow(allow("ok", ["fetch", "push"])) });
    expect(await make(coder, "fetch", {}, "x")).toBe("done");
    expect(await make(coder, "push", {})).toBe("refused default");
    expect(await make(coder, "pay", { to: "c9" })).toBe("refused default");
    expect(await make(session, "pay", { to: "c9" })).toBe("done");
    expect(audit.records().filter((record) => record.type === "policy")).toMatchObject([
      {},
      { policy: { name: "acme.coder", version: "1" } },
    ]);
  });

  it("names its rules by its policy, holds its delegates too, and counts its limits", async () => {
    const { session } = await start(base(everything, flow("g", ["pay"], [["pci"]], "forbid")));
    const rules = [
      { ...everything, limits: [{ kind: "calls" as const, count: 2, window: "session" as const, by: [], at: AT }] },
      forbid("no_eve", ["pay"], not({ op: "said", of: arg("to"), at: AT })),
    ];
    const coder = await session.delegate({ agent: { id: "coder" }, policy: narrow(...rules) });
    const tester = await coder.delegate({ agent: { id: "tester" } });
    for (const one of [coder, tester]) expect(await make(one, "pay", { to: "c9" })).toBe("refused acme.coder/no_eve");
    expect([await make(coder, "push", {}), await make(tester, "push", {})]).toEqual(["done", "done"]);
    for (const one of [coder, tester]) expect(await make(one, "push", {})).toBe("refused limit");
    expect(await make(session, "push", {})).toBe("done");
  });

  it("refuses a tool that its policy does not declare", async () => {
    const { session } = await start(base(everything));
    const policy = narrow(allow("ok", ["fetch"]));
    const coder = await session.delegate({
      agent: { id: "coder" },
      policy: { ...policy, tools: policy.tools.filter(({ name }) => name !== "push") },
    });
    expect(await make(coder, "push", {})).toBe("refused input");
    expect(await make(coder, "fetch", {}, "x")).toBe("done");
  });

  it("is refused where it says otherwise what things are, or would change something", async () => {
    const { session } = await start(base(everything));
    const policy = narrow(everything);
    const flowing = flow("f", ["pay"], [["pii"]], "forbid");
    const bad: readonly (Bundle | string)[] = [
      "{}",
      { ...policy, rules: [] },
      { ...policy, taint: "context" },
      { ...policy, labels: policy.labels.slice(0, 2) },
      { ...policy, tiers: policy.tiers.slice(0, 1) },
      { ...policy, tools: policy.tools.map((one) => (one.name === "pay" ? { ...one, steer: [] } : one)) },
      { ...policy, tools: policy.tools.map((one) => (one.name === "fetch" ? { ...one, labels: ["trusted"] } : one)) },
      { ...policy, tools: [...policy.tools, tool("root")] },
      { ...policy, rules: [everything, flowing] },
      {
        ...policy,
        rules: [
          everything,
          { kind: "output", id: "o", tools: ["fetch"], when: everything.when, limits: [], steps: [], at: AT },
        ],
      },
    ];
    for (const of of bad)
      await expect(session.delegate({ agent: { id: "coder" }, policy: of })).rejects.toMatchObject({
        name: "GuardError",
      });
  });
});
