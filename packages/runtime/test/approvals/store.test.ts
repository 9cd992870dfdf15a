import { describe, expect, it } from "vitest";
import { memoryAudit, memoryStore, type StateStore } from "../../src/index.js";
import { ann, desk, max, mia } from "./desk.js";

const DAY = 24 * 3_600_000;

/** A store that counts how often it is listed, and can be stopped before a write. */
function watched(store: StateStore = memoryStore()) {
  const seen = { lists: 0, before: async (_key: string): Promise<void> => undefined };
  const state: StateStore = {
    ...store,
    list: (prefix) => {
      seen.lists += 1;
      return store.list(prefix);
    },
    compareAndSet: async (...given) => {
      await seen.before(given[0]);
      return store.compareAndSet(...given);
    },
  };
  return { seen, state };
}

describe("approvals in the store", () => {
  it("are found by their id, and by their session, without a look at any other", async () => {
    const { seen, state } = watched();
    const d = await desk(undefined, { state });
    for (let i = 1; i <= 20; i += 1) await d.asked(i);
    const other = await d.guard.session({ user: { id: "bob", groups: ["support"] } });
    await d.call(1, other);
    const listed = seen.lists;
    const mine = await d.guard.approvals.list({ session: d.session.id });
    expect(mine.map(({ requester }) => requester)).toEqual(Array.from({ length: 20 }, () => "ann"));
    expect(await d.guard.approvals.list({ session: other.id })).toHaveLength(1);
    expect(await d.guard.approvals.get(mine[7]?.id ?? "")).toEqual(mine[7]);
    expect(await d.guard.approvals.resolve(mine[7]?.id ?? "", { by: mia, grant: true })).toMatchObject({ ok: true });
    expect((await d.call(8)).status).toBe("done");
    expect(seen.lists).toBe(listed);
    expect(await d.guard.approvals.list()).toHaveLength(20);
    expect(await d.guard.approvals.list({ session: "__proto__" })).toEqual([]);
  });

  it("hold the cap of a session also where all its calls are made at once, and give places back", async () => {
    const d = await desk();
    const outcomes = await Promise.all(Array.from({ length: 50 }, (_, i) => d.call(i + 1)));
    expect(outcomes.filter(({ status }) => status === "waiting")).toHaveLength(32);
    expect(outcomes.filter(({ status }) => status === "refused")).toHaveLength(18);
    const [one, two, three] = await d.guard.approvals.list();
    await d.guard.approvals.resolve(one?.id ?? "", { by: mia, grant: true });
    await d.guard.approvals.resolve(two?.id ?? "", { by: mia, grant: false });
    await d.guard.approvals.revoke(three?.id ?? "", { by: ann });
    const more = await Promise.all(Array.from({ length: 5 }, (_, i) => d.call(100 + i)));
    expect(more.filter(({ status }) => status === "waiting")).toHaveLength(3);
    d.clock.time += 1_800_000;
    expect((await d.call(200)).status).toBe("waiting");
  });

  it("whose list of places is nonsense count from what can be read of it", async () => {
    const d = await desk();
    await d.asked(1);
    for (const nonsense of ["x", [1, null, { id: 7 }], { places: [] }]) {
      const key = `approval-waiting/${d.session.id}`;
      await d.state.compareAndSet(key, (await d.state.get(key))?.version, nonsense);
      expect((await d.call(1)).status).toBe("waiting");
    }
    expect((await d.call(2)).status).toBe("waiting");
  });

  it("that ended are kept for 30 days, then let go of; one that nobody came back to expires", async () => {
    const d = await desk();
    const used = await d.asked(1);
    await d.guard.approvals.resolve(used.id, { by: mia, grant: true });
    await d.call(1);
    const forgotten = await d.asked(2);
    d.clock.time += 29 * DAY;
    await d.asked(3);
    expect(await d.guard.approvals.get(used.id)).toMatchObject({ status: "used" });
    d.clock.time += 2 * DAY;
    await d.asked(4);
    expect(await d.guard.approvals.get(used.id)).toBeUndefined();
    expect(await d.guard.approvals.get(forgotten.id)).toBeUndefined();
    expect(
      d.audit.records().filter((record) => record.type === "approval" && record.approval === forgotten.id),
    ).toMatchObject([{ state: "requested" }, { state: "expired" }]);
    expect((await d.state.list("approval")).length).toBeLessThan(8);
  });

  it("of a clock that went back are kept", async () => {
    const d = await desk();
    const { id } = await d.asked(1);
    d.clock.time = 5;
    await d.asked(2);
    expect(await d.guard.approvals.get(id)).toMatchObject({ status: "pending" });
    expect(await d.guard.approvals.resolve(id, { by: mia, grant: true })).toMatchObject({ ok: true });
  });
});

describe("lesson 1: a record of a grant that comes too late", () => {
  it("grants nothing, and the log says so after it", async () => {
    const log = memoryAudit();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const audit: typeof log = {
      ...log,
      append: async (...given) => {
        if (given[0].type === "approval" && given[0].state === "granted") await held;
        return log.append(...given);
      },
    };
    const d = await desk(undefined, { audit, timeouts: { audit: 30 } });
    const { id } = await d.asked();
    expect(await d.guard.approvals.resolve(id, { by: mia, grant: true })).toMatchObject({ code: "unavailable" });
    expect((await d.call()).status).toBe("waiting");
    const before = log.records().length;
    release();
    while (log.records().length < before + 2) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(log.records().slice(before)).toMatchObject([
      { type: "approval", state: "granted" },
      { type: "incident", code: "approval_conflict" },
    ]);
    expect(await d.guard.approvals.get(id)).toMatchObject({ status: "pending", votes: [] });
    expect(d.runs.count).toBe(0);
  });
});

describe("two guards on one store", () => {
  async function two() {
    const { seen, state } = watched();
    const one = await desk(undefined, { state });
    const other = await desk(undefined, { state });
    return { seen, one, other };
  }

  it("see each other's approvals, and use one grant once between them", async () => {
    for (let round = 0; round < 10; round += 1) {
      const { one, other } = await two();
      const { id } = await one.asked();
      expect(await other.guard.approvals.resolve(id, { by: mia, grant: true })).toMatchObject({ ok: true });
      const calls = Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? one.call() : other.call()));
      const outcomes = await Promise.all(calls);
      expect(outcomes.filter(({ status }) => status === "done")).toHaveLength(1);
      expect(one.runs.count + other.runs.count).toBe(1);
    }
  });

  it("decide at once: one word counts first, the other sees it, and the log of the one that lost says so", async () => {
    const { seen, one, other } = await two();
    const { id } = await one.asked();
    let met = 0;
    let both = (): void => undefined;
    const together = new Promise<void>((resolve) => (both = resolve));
    seen.before = async (key) => {
      if (!key.startsWith("approval/")) return;
      met += 1;
      if (met === 2) both();
      if (met <= 2) await together;
    };
    const words = await Promise.all([
      one.guard.approvals.resolve(id, { by: mia, grant: true }),
      other.guard.approvals.resolve(id, { by: max, grant: false }),
    ]);
    expect(words.filter(({ ok }) => ok)).toHaveLength(1);
    expect(words.find(({ ok }) => !ok)).toMatchObject({ code: "not_pending" });
    const conflicts = [...one.audit.records(), ...other.audit.records()].filter((record) => record.type === "incident");
    expect(conflicts).toMatchObject([{ code: "approval_conflict" }]);
    const status = (await one.guard.approvals.get(id))?.status;
    expect((await one.call()).status).toBe(status === "granted" ? "done" : "refused");
  });

  it("asked for the same call at once have one approval between them", async () => {
    const { one, other } = await two();
    const made = await Promise.all([one.call(), other.call(), one.call(), other.call()]);
    const ids = new Set(made.map((outcome) => (outcome.status === "waiting" ? outcome.approval.id : outcome.status)));
    expect(ids.size).toBe(1);
    expect(await one.guard.approvals.list()).toHaveLength(1);
  });

  it("take back what the other granted, before it is used", async () => {
    const { one, other } = await two();
    const { id } = await one.asked();
    await one.guard.approvals.resolve(id, { by: mia, grant: true });
    const results = await Promise.all([one.call(), other.guard.approvals.revoke(id, { by: mia })]);
    expect(results[0].status === "done").toBe(!results[1].ok);
    expect(one.runs.count).toBe(results[1].ok ? 0 : 1);
  });
});
