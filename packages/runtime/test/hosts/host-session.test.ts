import { afterEach, describe, expect, it } from "vitest";
import {
  createGuard,
  hostSession,
  memoryAudit,
  memoryStore,
  orUnable,
  StateError,
  type Guard,
  type StateStore,
} from "../../src/index.js";
import { allow, labelledBundle, tool } from "../flow/labelled.js";

const guards: Guard[] = [];
afterEach(async () => {
  for (const guard of guards.splice(0)) await guard.close();
});

async function started(state: StateStore = memoryStore()) {
  const audit = memoryAudit();
  const guard = await createGuard({
    policy: labelledBundle([tool("fetch", [])], [allow("any", ["fetch"])]),
    audit,
    state,
  });
  guards.push(guard);
  const made = (): number => audit.records().filter(({ type }) => type === "session").length;
  return { guard, made };
}

const ann = { user: { id: "ann" }, agent: { id: "desk" } };

describe("hostSession", () => {
  it("makes one session, and one record, for an identity in a thread, also for two calls at once", async () => {
    const { guard, made } = await started();
    const [one, other] = await Promise.all([hostSession(guard, ann, "t"), hostSession(guard, { ...ann }, "t")]);
    expect(other).toBe(one);
    expect(await hostSession(guard, { agent: { id: "desk" }, user: { id: "ann" } }, "t")).toBe(one);
    expect(made()).toBe(1);
  });
  it("keeps users, claims, agents, threads and guards apart", async () => {
    const { guard } = await started();
    const one = await hostSession(guard, ann, "t");
    const others = [
      await hostSession(guard, { ...ann, user: { id: "bob" } }, "t"),
      await hostSession(guard, { ...ann, user: { id: "ann", groups: ["managers"] } }, "t"),
      await hostSession(guard, { ...ann, agent: { id: "other" } }, "t"),
      await hostSession(guard, ann, "t2"),
      await hostSession((await started()).guard, ann, "t"),
    ];
    for (const other of others) expect(other).not.toBe(one);
    expect(others[1]?.identity.user).toEqual({ id: "ann", groups: ["managers"] });
    // No text of one part stands for another part of the name.
    const odd = await hostSession(guard, { user: { id: "ann" }, agent: { id: 'desk"},"thread":"t' } }, "x");
    expect(odd).not.toBe(one);
  });
  it("looks at what is said each time: an object that was changed since names somebody else", async () => {
    const { guard, made } = await started();
    const who: { user: { id: string; groups?: string[] }; agent: { id: string } } = {
      user: { id: "ann" },
      agent: ann.agent,
    };
    const one = await hostSession(guard, who, "t");
    who.user.groups = ["managers"];
    const other = await hostSession(guard, who, "t");
    who.user.groups.push("owners");
    const third = await hostSession(guard, who, "t");
    expect(new Set([one, other, third]).size).toBe(3);
    expect(one.identity.user).toEqual({ id: "ann" });
    expect(other.identity.user).toEqual({ id: "ann", groups: ["managers"] });
    expect(third.identity.user).toEqual({ id: "ann", groups: ["managers", "owners"] });
    delete who.user.groups;
    expect(await hostSession(guard, who, "t")).toBe(one);
    expect(made()).toBe(3);
  });
  it("makes one for a run that has no name, and keeps nothing of it for another process", async () => {
    const state = memoryStore();
    const { guard, made } = await started(state);
    const [run, next] = [{}, {}];
    const one = await hostSession(guard, ann, run);
    expect(await hostSession(guard, { ...ann }, run)).toBe(one);
    expect(made()).toBe(1);
    expect((await hostSession(guard, ann, next)).id).not.toBe(one.id);
    expect((await hostSession(guard, { ...ann, user: { id: "bob" } }, run)).id).not.toBe(one.id);
    expect(await state.list("thread/")).toEqual([]);
    // Who writes a thread into what he says of himself has no other's session.
    expect((await hostSession(guard, { ...ann, thread: "t" }, run)).id).not.toBe(
      (await hostSession(guard, ann, "t")).id,
    );
  });
  it("keeps some of very many in one thread, each for its own user, also where a claim is undefined", async () => {
    const { guard, made } = await started();
    const first = await hostSession(guard, { user: { id: "u0" }, agent: undefined }, "t");
    expect(await hostSession(guard, { user: { id: "u0" }, agent: undefined }, "t")).toBe(first);
    for (let i = 1; i <= 100; i += 1)
      expect((await hostSession(guard, { user: { id: `u${i}` } }, "t")).identity.user).toEqual({ id: `u${i}` });
    expect(made()).toBe(101);
    const again = await hostSession(guard, { user: { id: "u0" } }, "t");
    expect(again).not.toBe(first);
    expect(again.id).toBe(first.id);
  });
  it("makes another each time where there is no thread, and takes the host's own as it is", async () => {
    const { guard } = await started();
    const one = await hostSession(guard, ann, undefined);
    expect((await hostSession(guard, ann, undefined)).id).not.toBe(one.id);
    expect(await hostSession(guard, one, "t")).toBe(one);
  });
  it.each([[undefined], [null], ["ann"], [{}], [{ agent: { id: "desk" } }], [{ user: "ann" }], [{ user: {} }]])(
    "refuses %j, which names nobody",
    async (who) => {
      const { guard } = await started();
      await expect(hostSession(guard, who, "t")).rejects.toMatchObject({ code: "identity_invalid" });
    },
  );
  it("keeps nothing of claims that are not plain data, whatever they look like when written", async () => {
    const { guard } = await started();
    await hostSession(guard, { user: { id: "ann", since: "2026-01-01T00:00:00.000Z", roles: {} } }, "t");
    for (const user of [
      { id: "ann", since: new Date("2026-01-01"), roles: {} },
      { id: "ann", since: "2026-01-01T00:00:00.000Z", roles: new Set(["manager"]) },
    ])
      await expect(hostSession(guard, { user }, "t")).rejects.toMatchObject({ code: "identity_invalid" });
  });
  it("does not keep a failure", async () => {
    let down = true;
    const store = memoryStore();
    const state: StateStore = {
      ...store,
      async compareAndSet(...given) {
        if (down && given[0].startsWith("thread/")) throw new StateError("state_read_only", "down");
        return store.compareAndSet(...given);
      },
    };
    const { guard } = await started(state);
    expect(await orUnable(hostSession(guard, ann, "t"))).toBe("state");
    down = false;
    expect(await orUnable(hostSession(guard, ann, "t"))).toMatchObject({ identity: { user: { id: "ann" } } });
  });
  it("forgets the session that was used longest ago, not the conversation", async () => {
    const { guard } = await started();
    const first = await hostSession(guard, ann, "first");
    const used = await hostSession(guard, ann, "used");
    for (let i = 0; i < 999; i += 1) {
      await hostSession(guard, ann, `t${i}`);
      if (i % 100 === 0) await hostSession(guard, ann, "used");
    }
    const again = await hostSession(guard, ann, "first");
    expect(again).not.toBe(first);
    expect(again.id).toBe(first.id);
    expect(await hostSession(guard, ann, "used")).toBe(used);
  });
  it("answers calls of a session that was ended, and makes none", async () => {
    const { guard } = await started();
    const session = await hostSession(guard, ann, "t");
    await (await guard.session({ ...ann, thread: "t" })).end();
    const outcome = await (await hostSession(guard, ann, "t")).call({ tool: "fetch", args: {} }, async () => "ran");
    expect(outcome).toMatchObject({ status: "refused" });
    expect(session.id).not.toBe("");
  });
});

describe("orUnable", () => {
  it("passes on what is no failure of the log or the store", async () => {
    await expect(orUnable(Promise.reject(new TypeError("mine")))).rejects.toThrow("mine");
    expect(await orUnable(Promise.resolve("audit me"))).toBe("audit me");
  });
});
