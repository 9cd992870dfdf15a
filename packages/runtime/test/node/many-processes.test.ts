import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fileStore } from "../../src/node/index.js";
import { storeProcess } from "./store-process.js";
import { temporaryFolder } from "./temporary.js";

const NAMES = ["a", "b", "c", "d"];
const newFolder = (): string => join(temporaryFolder(), "state");

async function burst(
  kind: "burst" | "churn",
  folder: string,
): Promise<{ admitted: number; released: number; refused: number }> {
  const processes = NAMES.map((name) => storeProcess(kind, folder, name, 150));
  await Promise.all(processes.map(({ open }) => open));
  for (const one of processes) one.go();
  await Promise.all(processes.map(({ ended }) => ended));
  const said = processes.flatMap((one) => one.said());
  const of = (what: string): number => said.filter((line) => line.startsWith(what)).length;
  return { admitted: of("admitted"), released: of("released"), refused: of("refused") };
}

describe("many processes on one store", () => {
  it("lesson 13: 600 parallel reservations over 4 processes at a limit of 200 admit exactly 200", async () => {
    const { admitted, refused } = await burst("burst", newFolder());
    expect([admitted, refused]).toEqual([200, 400]);
  });

  it("lesson 13: what never starts, in whichever process, leaves its place to others; refused ones cost nothing", async () => {
    const folder = newFolder();
    const { admitted, refused, released } = await burst("churn", folder);
    expect(admitted + released + refused).toBe(600);
    expect(refused).toBeGreaterThanOrEqual(400 - released);
    const store = await fileStore(folder);
    const claim = [{ key: "burst", count: 200, window: "session" as const }];
    for (let i = admitted; i < 200; i += 1) expect((await store.reserve(`more ${i}`, claim, 1000)).ok).toBe(true);
    expect((await store.reserve("one too many", claim, 1000)).ok).toBe(false);
    await store.close();
  });

  it("count in one value with compareAndSet: every addition once, logs in one order, through compactions", async () => {
    const folder = newFolder();
    const processes = NAMES.map((name) => storeProcess("race", folder, name, 100));
    await Promise.all(processes.map(({ open }) => open));
    for (const one of processes) one.go();
    await Promise.all(processes.map(({ ended }) => ended));
    const store = await fileStore(folder);
    expect((await store.get("counter"))?.value).toBe(400);
    const { values } = await store.read("log");
    for (const name of NAMES)
      expect(values.filter((value) => JSON.stringify(value).startsWith(`"${name}-`))).toEqual(
        Array.from({ length: 100 }, (_, i) => `${name}-${i + 1}`),
      );
    await store.close();
    expect(readdirSync(folder).toSorted()).toEqual(["state.jsonl", "state.lock"]);
  });

  it("lesson 9: killed at any point, none loses what was acknowledged to any, and the others go on", async () => {
    const folder = newFolder();
    const store = await fileStore(folder, { compactAt: 8192 });
    const all: { said: () => readonly string[]; ended: Promise<void>; kill: () => void }[] = [];
    let alive: ReturnType<typeof storeProcess>[] = [];
    for (let round = 0; round < 12; round += 1) {
      const one = storeProcess("storm", folder, `p${round}`);
      all.push(one);
      alive.push(one);
      await one.open;
      one.go();
      await one.has("committed");
      await new Promise((resolve) => setTimeout(resolve, (round * 7) % 40));
      if (alive.length < 3) continue;
      const [first, ...rest] = alive;
      first?.kill();
      alive = rest;
      expect(await store.compareAndSet(`mine/${round}`, undefined, round)).toBe(true);
    }
    for (const one of alive) one.kill();
    await Promise.all(all.map(({ ended }) => ended));
    const said = all.flatMap((one) => one.said());
    const committed = said.filter((line) => line === "committed").length;
    const sets = new Map<string, number>();
    for (const line of said) {
      const [what, key = "", value = ""] = line.split(" ");
      if (what === "set") sets.set(key, Math.max(sets.get(key) ?? 0, Number(value)));
    }
    const again = await fileStore(folder);
    for (const one of [store, again]) {
      for (const [key, value] of sets) expect((await one.get(key))?.value).toBeGreaterThanOrEqual(value);
      for (const [i, { said: words }] of all.entries()) {
        const appended = words().flatMap((line) => (line.startsWith("appended") ? [line.slice(9)] : []));
        expect((await one.read(`log/p${i}`)).values).toEqual(expect.arrayContaining(appended));
      }
      expect((await one.list("mine/")).length).toBe(10);
    }
    // What was reserved and not committed counts too: at least what was committed, at most 4 more a process and what was not said.
    const claim = (count: number) => [{ key: "all", count, window: "session" as const }];
    expect((await again.reserve("low", claim(committed), 0)).ok).toBe(false);
    expect((await again.reserve("high", claim(committed + 8 * all.length + 1), 0)).ok).toBe(true);
    await again.release("high");
    await store.close();
    await again.close();
    expect(sets.size).toBeGreaterThan(4);
    expect(readdirSync(folder).toSorted()).toEqual(["state.jsonl", "state.lock"]);
  });

  it("a process that dies: what it reserved counts as started, what it ran has ended; one that is stopped holds on", async () => {
    const folder = newFolder();
    const store = await fileStore(folder, { clock: { now: () => 5000 } });
    const one = storeProcess("hold", folder, "h");
    await one.open;
    one.go();
    await one.has("holding");
    const held = [{ key: "held", count: 1, window: 60_000 }];
    const session = [{ key: "held", count: 1, window: "session" as const }];
    const runs = [{ key: "runs", count: 1, window: "session" as const, takes: "concurrent" as const }];
    one.kill("SIGSTOP"); // it lives, and answers nobody
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(await store.reserve("c_0", runs, 5000)).toEqual({ ok: false, index: 0 });
    one.kill();
    await one.ended;
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect((await store.reserve("c_1", runs, 5000)).ok).toBe(true);
    expect((await store.reserve("c_2", session, 5000)).ok).toBe(false);
    expect((await store.reserve("c_3", held, 5000)).ok).toBe(true); // another window, another count
    await expect(store.commit("h-held", 5000)).rejects.toMatchObject({ code: "state_conflict" });
    await store.close();
  });
});
