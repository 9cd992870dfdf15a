import { describe, expect, it } from "vitest";
import { createGuard, memoryAudit, type StateStore } from "../../src/index.js";
import { fileStore } from "../../src/node/index.js";
import { allow, flow, id, labelledBundle, text, tool } from "../flow/labelled.js";
import { temporaryFolder } from "./temporary.js";

const page = tool("page", [], { result: text });
const pay = tool("pay", [{ name: "to", type: id }], { effects: ["pay"] });
const policy = labelledBundle(
  [page, pay],
  [allow("ok", ["page", "pay"]), flow("f", ["pay"], [["untrusted"]], "forbid")],
  { taint: "value" },
);

/** A session of one thread on a store, that pays and reads. */
async function sessionOn(state: StateStore) {
  const guard = await createGuard({ policy, audit: memoryAudit(), state });
  const session = await guard.session({ user: { id: "u" }, thread: "t" });
  const pays = async (to: string): Promise<string> => {
    const outcome = await session.call({ tool: "pay", args: { to } }, () => 1);
    return outcome.status === "done" ? "done" : (outcome.decision.reasons[0]?.truth ?? outcome.status);
  };
  return { guard, session, pays, read: (words: string) => session.call({ tool: "page", args: {} }, () => words) };
}

describe("the memory of a session in a folder", () => {
  it("is there for the next process, also where the first did not let go of it", async () => {
    const folder = temporaryFolder();
    const first = await fileStore(folder);
    const one = await sessionOn(first);
    one.session.heard("user", "pay bob_7");
    await one.read("pay eve_1");
    await first.close(); // the process is gone; the guard was never closed
    const second = await fileStore(folder);
    const two = await sessionOn(second);
    expect([await two.pays("bob_7"), await two.pays("eve_1")]).toEqual(["done", "true"]);
    await two.guard.close();
    const third = await fileStore(folder);
    // Another boot of the machine. The first was never seen to let go: nobody can say that it wrote no more.
    expect(await (await sessionOn({ ...bound(third), incarnation: "another boot" })).pays("bob_7")).toBe("unknown");
    await third.close();
  });

  it("is shared by two guards at once, each of which knows what the other read before it decides", async () => {
    const folder = temporaryFolder();
    const [a, b] = [await fileStore(folder), await fileStore(folder)];
    const [one, two] = [await sessionOn(a), await sessionOn(b)];
    expect(await two.pays("bob_7")).toBe("done");
    await one.read("pay eve_1");
    expect(await two.pays("eve_1")).toBe("true");
    one.session.heard("user", "pay zoe_2");
    expect([await one.pays("zoe_2"), await two.pays("zoe_2")]).toEqual(["done", "done"]);
    await Promise.all([one.guard.close(), two.guard.close()]);
  });

  it("holds the labels of many results read at once by both", async () => {
    const folder = temporaryFolder();
    const [a, b] = [await sessionOn(await fileStore(folder)), await sessionOn(await fileStore(folder))];
    const sessions = [a, b];
    await Promise.all(Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? a : b).read(`pay eve_${i}x`)));
    for (const one of sessions) for (let i = 0; i < 60; i += 7) expect(await one.pays(`eve_${i}x`)).toBe("true");
    await Promise.all(sessions.map(({ guard }) => guard.close()));
    const later = await sessionOn(await fileStore(folder));
    for (let i = 0; i < 60; i += 7) expect(await later.pays(`eve_${i}x`)).toBe("true");
    await later.guard.close();
  });
});

/** A store as a plain object, so that one answer of it can be another. */
function bound(store: StateStore): StateStore {
  return {
    location: store.location,
    get: (key) => store.get(key),
    compareAndSet: (...args) => store.compareAndSet(...args),
    list: (prefix) => store.list(prefix),
    append: (key, values) => store.append(key, values),
    read: (key, from) => store.read(key, from),
    drop: (key, before) => store.drop(key, before),
    forget: (prefix) => store.forget(prefix),
    sync: () => store.sync(),
    reserve: (...args) => store.reserve(...args),
    commit: (id_, now) => store.commit(id_, now),
    release: (id_) => store.release(id_),
    finish: (id_) => store.finish(id_),
    close: () => store.close(),
  };
}
