import type { LimitClaim, StateStore } from "@writ/runtime";
import { requireSame, type Case, type Place } from "./case.js";

const NOW = 1_700_000_000_000;
const claim = (key: string, count: number): readonly LimitClaim[] => [{ key, count, window: "session" }];

/** What two openings of one store at once must do, as two processes on it: agree, and keep apart what each has in flight. */
export function sharedCases(make: () => Promise<Place<StateStore>>): readonly Case[] {
  const withTwo = (name: string, body: (one: StateStore, two: StateStore) => Promise<void>): Case => ({
    name,
    run: async () => {
      const place = await make();
      if (place.shared !== true) return;
      const stores = [await place.open(), await place.open()] as const;
      try {
        await body(...stores);
      } finally {
        await Promise.all(stores.map((store) => store.close()));
      }
    },
  });

  return [
    withTwo("opened twice: lesson 13: 200 reservations at once over both admit exactly 50", async (one, two) => {
      const taken = await Promise.all(
        Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? one : two).reserve(`c_${i}`, claim("k", 50), NOW)),
      );
      requireSame(taken.filter(({ ok }) => ok).length, 50, "admitted");
      const id = `c_${taken.findIndex(({ ok }) => ok)}`;
      await two.release(id);
      requireSame((await one.reserve("more", claim("k", 50), NOW)).ok, true, "a place that the other gave back");
    }),
    withTwo("opened twice: one of many compareAndSet wins, and both see which", async (one, two) => {
      const sets = await Promise.all(
        Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? one : two).compareAndSet("k", undefined, i)),
      );
      requireSame(sets.filter(Boolean).length, 1, "winners");
      for (const store of [one, two]) requireSame((await store.get("k"))?.value, sets.indexOf(true), "the value");
      const seen = await one.get("k");
      requireSame(await two.compareAndSet("k", seen?.version, "next"), true, "a set of what the other saw");
      requireSame(await one.compareAndSet("k", seen?.version, "late"), false, "a set of what was seen before");
    }),
    withTwo("opened twice: both append to one log, each list in one piece, and read the same", async (one, two) => {
      const places = await Promise.all(
        Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? one : two).append("l", [i, i + 0.5])),
      );
      const { values, first } = await one.read("l");
      for (const [i, at] of places.entries())
        requireSame(values.slice(at - first, at - first + 2), [i, i + 0.5], `list ${i} at its position`);
      requireSame(await two.read("l"), await one.read("l"), "the log as the other reads it");
    }),
    {
      name: "opened twice: the end of one counts what it had reserved and frees what it ran, and nothing of the other",
      run: async () => {
        const place = await make();
        if (place.shared !== true) return;
        const [one, two] = [await place.open(), await place.open()];
        const runs: readonly LimitClaim[] = [{ key: "run", count: 2, window: "session", takes: "concurrent" }];
        for (const [store, name] of [
          [one, "one"],
          [two, "two"],
        ] as const) {
          await store.reserve(`${name} runs`, runs, NOW);
          await store.commit(`${name} runs`, NOW);
          await store.reserve(`${name} waits`, claim("k", 2), NOW);
        }
        await one.close();
        try {
          requireSame((await two.reserve("third", runs, NOW)).ok, true, "the place of a call whose process ended");
          requireSame((await two.reserve("fourth", runs, NOW)).ok, false, "the place of one that still runs");
          await two.release("one waits");
          requireSame((await two.reserve("c", claim("k", 2), NOW)).ok, false, "a place that counts as started");
          await two.release("two waits");
          requireSame((await two.reserve("c", claim("k", 2), NOW)).ok, true, "a place that its own call gave back");
        } finally {
          await two.close();
        }
      },
    },
  ];
}
