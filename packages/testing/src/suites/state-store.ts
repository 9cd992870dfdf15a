import type { Json } from "@writ/ir";
import type { LimitClaim, StateStore } from "@writ/runtime";
import { logCases } from "./state-log.js";
import { sharedCases } from "./state-shared.js";
import { requireRejection, requireSame, requireThat, type Case, type Place } from "./case.js";

const NOW = 1_700_000_000_000;
const MINUTE = 60_000;
const NAMES = ["__proto__", "constructor", "toString", "hasOwnProperty", "", "a/b", "ä€😀", "with\nnewline"];

function claim(key: string, count: number, window: LimitClaim["window"] = MINUTE): readonly LimitClaim[] {
  return [{ key, count, window }];
}

/** What every {@link StateStore} must do. `make` gives an empty store each time; run each case with any test runner. */
export function stateStoreCases(make: () => Promise<Place<StateStore>>): readonly Case[] {
  const withStore = (name: string, body: (store: StateStore) => Promise<void>): Case => ({
    name,
    run: async () => {
      const store = await (await make()).open();
      try {
        await body(store);
      } finally {
        await store.close();
      }
    },
  });
  const reopened = (
    name: string,
    before: (store: StateStore) => Promise<void>,
    after: (store: StateStore) => Promise<void>,
  ): Case => ({
    name,
    run: async () => {
      const place = await make();
      if (!place.persistent) return;
      const first = await place.open();
      await before(first);
      await first.close();
      const second = await place.open();
      try {
        await after(second);
      } finally {
        await second.close();
      }
    },
  });

  return [
    withStore("sets only what is as it was seen", async (store) => {
      requireSame(await store.get("k"), undefined, "an absent key");
      requireSame(await store.compareAndSet("k", 1, "x"), false, "a set of an absent key that was expected");
      requireSame(await store.compareAndSet("k", undefined, { a: [1, null] }), true, "a first set");
      requireSame(await store.compareAndSet("k", undefined, "x"), false, "a second first set");
      const seen = await store.get("k");
      requireSame(seen?.value, { a: [1, null] }, "the value");
      requireSame(await store.compareAndSet("k", seen?.version, "next"), true, "a set of what was seen");
      requireSame(await store.compareAndSet("k", seen?.version, "late"), false, "a set of what was seen before");
      requireSame((await store.get("k"))?.value, "next", "the value");
    }),
    withStore("never gives a version again, also after a delete", async (store) => {
      await store.compareAndSet("k", undefined, 1);
      const first = await store.get("k");
      requireSame(await store.compareAndSet("k", first?.version, undefined), true, "a delete");
      requireSame(await store.get("k"), undefined, "a deleted key");
      await store.compareAndSet("k", undefined, 1);
      requireThat((await store.get("k"))?.version !== first?.version, "a version came back: a stale reader could set");
      requireSame(await store.compareAndSet("k", first?.version, 2), false, "a stale set");
    }),
    withStore("lets one of many at once win", async (store) => {
      const first = await Promise.all(Array.from({ length: 100 }, (_, i) => store.compareAndSet("k", undefined, i)));
      requireSame(first.filter(Boolean).length, 1, "winners of a first set");
      const seen = await store.get("k");
      const second = await Promise.all(
        Array.from({ length: 100 }, (_, i) => store.compareAndSet("k", seen?.version, i)),
      );
      requireSame(second.filter(Boolean).length, 1, "winners of a set");
    }),
    withStore("lesson 30: takes any text as a key, an id and a member", async (store) => {
      for (const name of NAMES) {
        requireSame(await store.get(name), undefined, `${JSON.stringify(name)} before it was set`);
        const members: readonly (readonly [string, Json])[] = [
          [name, 1],
          ["a", "b"],
        ];
        const value = Object.fromEntries(members);
        requireSame(await store.compareAndSet(name, undefined, value), true, `setting ${JSON.stringify(name)}`);
        const found = (await store.get(name))?.value;
        requireThat(
          typeof found === "object" && found !== null && Object.hasOwn(found, name),
          `member ${JSON.stringify(name)} was lost`,
        );
        requireSame(await store.reserve(name, claim(name, 1), NOW), { ok: true }, `reserving ${JSON.stringify(name)}`);
        requireSame(
          (await store.reserve(`${name} 2`, claim(name, 1), NOW)).ok,
          false,
          `reserving ${JSON.stringify(name)} twice`,
        );
      }
      requireSame(
        (await store.list("")).map(({ key }) => key),
        NAMES.toSorted(),
        "all keys",
      );
    }),
    withStore("lists by prefix, sorted", async (store) => {
      for (const key of ["b/2", "a/10", "a/1", "a", "ab"]) await store.compareAndSet(key, undefined, key);
      requireSame(
        (await store.list("a/")).map(({ key, value }) => [key, value]),
        [
          ["a/1", "a/1"],
          ["a/10", "a/10"],
        ],
        "what begins with a/",
      );
      const [one] = await store.list("b");
      requireSame(one?.version, (await store.get("b/2"))?.version, "the version in a list");
    }),
    withStore("does not let a reader change what is stored, nor the giver afterwards", async (store) => {
      const given = { list: [1] };
      await store.compareAndSet("k", undefined, given);
      given.list.push(2);
      const read = await store.get("k");
      try {
        Object.assign(Object(read?.value), { list: "changed" });
      } catch {
        // frozen is one way of keeping this
      }
      requireSame((await store.get("k"))?.value, { list: [1] }, "the value");
    }),
    ...logCases(withStore, reopened),
    ...sharedCases(make),
    withStore("lesson 13: admits exactly 50 of 200 at once, and refused ones cost nothing", async (store) => {
      const ids = Array.from({ length: 200 }, (_, i) => `c_${i}`);
      const reservations = await Promise.all(ids.map((id) => store.reserve(id, claim("k", 50), NOW)));
      const admitted = ids.filter((_, i) => reservations[i]?.ok === true);
      requireSame(admitted.length, 50, "admitted");
      await Promise.all(admitted.slice(0, 20).map((id) => store.release(id)));
      await Promise.all(admitted.slice(20).map((id) => store.commit(id, NOW)));
      const more = await Promise.all(ids.map((id) => store.reserve(`more ${id}`, claim("k", 50), NOW)));
      requireSame(more.filter(({ ok }) => ok).length, 20, "admitted after 20 were released");
    }),
    withStore("adds up amounts exactly, those in flight too: of 200 at once, as many as fit", async (store) => {
      const spend = (amount: number): readonly LimitClaim[] => [
        { key: "sum", count: 500, window: MINUTE, takes: amount },
      ];
      const ids = Array.from({ length: 200 }, (_, i) => `c_${i}`);
      const taken = await Promise.all(ids.map((id) => store.reserve(id, spend(7), NOW)));
      const admitted = ids.filter((_, i) => taken[i]?.ok === true);
      requireSame(admitted.length, 71, "admitted of 7 each under 500");
      await Promise.all(admitted.map((id) => store.commit(id, NOW)));
      requireSame(await store.reserve("c_a", spend(3), NOW), { ok: true }, "what is left");
      requireSame(
        await store.reserve("c_b", spend(1), NOW),
        { ok: false, index: 0, retryAfter: MINUTE },
        "one too many",
      );
      requireSame(await store.reserve("c_c", spend(0), NOW), { ok: true }, "nothing");
      requireSame(
        await store.reserve("c_d", spend(501), NOW + 10 * MINUTE),
        { ok: false, index: 0 },
        "more than ever fits",
      );
    }),
    withStore("counts distinct values, those in flight too", async (store) => {
      const to = (...values: string[]): readonly LimitClaim[] => [
        { key: "to", count: 2, window: MINUTE, takes: values },
      ];
      requireSame((await store.reserve("c_0", to("a"), NOW)).ok, true, "a first value");
      requireSame((await store.reserve("c_1", to("a", "b"), NOW)).ok, true, "one that is there and a second");
      requireSame((await store.reserve("c_2", to("c"), NOW)).ok, false, "a third");
      requireSame((await store.reserve("c_3", to(), NOW)).ok, true, "no value");
      await store.release("c_1");
      requireSame((await store.reserve("c_4", to("c"), NOW)).ok, true, "a third after the second was released");
      for (const id of ["c_0", "c_4"]) await store.commit(id, NOW);
      requireSame((await store.reserve("c_5", to("b"), NOW + MINUTE - 1)).ok, false, "another, a millisecond early");
      requireSame((await store.reserve("c_6", to("b"), NOW + MINUTE)).ok, true, "another, on time");
    }),
    withStore("holds a place for as long as a call runs", async (store) => {
      const one: readonly LimitClaim[] = [{ key: "run", count: 1, window: "session", takes: "concurrent" }];
      requireSame((await store.reserve("c_0", one, NOW)).ok, true, "a first");
      await store.commit("c_0", NOW);
      requireSame(await store.reserve("c_1", one, NOW), { ok: false, index: 0 }, "a second while it runs");
      await requireRejection(store.reserve("c_0", one, NOW), "an id that runs");
      await store.finish("c_0");
      await store.finish("c_0");
      requireSame((await store.reserve("c_1", one, NOW)).ok, true, "a second after it ended");
      await store.release("c_1");
      requireSame((await store.reserve("c_2", one, NOW)).ok, true, "a third after one that never started");
    }),
    withStore("slides its window over (now - window, now] and says when", async (store) => {
      for (const [i, at] of [0, 10_000, 20_000].entries()) {
        requireSame(await store.reserve(`c_${i}`, claim("k", 3), NOW + at), { ok: true }, "a place");
        await store.commit(`c_${i}`, NOW + at);
      }
      requireSame(
        await store.reserve("c_3", claim("k", 3), NOW + 20_000),
        { ok: false, index: 0, retryAfter: 40_000 },
        "a full window",
      );
      requireSame(
        await store.reserve("c_3", claim("k", 2), NOW + 20_000),
        { ok: false, index: 0, retryAfter: 50_000 },
        "a window more than full",
      );
      requireSame((await store.reserve("c_3", claim("k", 3), NOW + MINUTE - 1)).ok, false, "a millisecond early");
      requireSame((await store.reserve("c_3", claim("k", 3), NOW + MINUTE)).ok, true, "on time");
    }),
    withStore("takes all claims or none", async (store) => {
      const both = [...claim("a", 5), ...claim("b", 1)];
      requireSame((await store.reserve("c_0", both, NOW)).ok, true, "a first");
      for (let i = 0; i < 10; i += 1)
        requireSame(await store.reserve(`c_x${i}`, both, NOW), { ok: false, index: 1 }, "a second");
      for (let i = 0; i < 4; i += 1)
        requireSame((await store.reserve(`c_a${i}`, claim("a", 5), NOW)).ok, true, "a place under the other limit");
      requireSame((await store.reserve("c_a5", claim("a", 5), NOW)).ok, false, "one too many");
      requireSame(
        (await store.reserve("c_t", [...claim("t", 1), ...claim("t", 1)], NOW)).ok,
        false,
        "one place taken twice",
      );
    }),
    withStore("admits none under 0, and never slides a session's limit", async (store) => {
      requireSame(await store.reserve("c_0", claim("none", 0), NOW), { ok: false, index: 0 }, "a limit of 0");
      requireSame((await store.reserve("c_1", claim("s", 1, "session"), NOW)).ok, true, "a session's first");
      await store.commit("c_1", NOW);
      requireSame(
        await store.reserve("c_2", claim("s", 1, "session"), NOW * 2),
        { ok: false, index: 0 },
        "a session's second",
      );
    }),
    withStore("frees nothing when the clock goes back, and does not wait for years", async (store) => {
      for (const id of ["c_0", "c_1"]) {
        await store.reserve(id, claim("k", 2), NOW);
        await store.commit(id, NOW);
      }
      for (const back of [1, 1000, MINUTE, 86_400_000, NOW])
        requireSame((await store.reserve("c_2", claim("k", 2), NOW - back)).ok, false, `${back} ms back`);
      // The last reading was 1970; a minute later by that clock the window has passed.
      requireSame(
        (await store.reserve("c_2", claim("k", 2), MINUTE)).ok,
        true,
        "a minute later by the clock that was set back",
      );
    }),
    withStore("does not count faster when the clock's readings are out of order", async (store) => {
      await store.reserve("c_0", claim("k", 1), NOW);
      await store.commit("c_0", NOW);
      for (let i = 0; i < 2000; i += 1)
        requireSame((await store.reserve("c_1", claim("k", 1), NOW + (i % 2) * 50)).ok, false, `reading ${i}`);
    }),
    withStore("counts a call in flight until it ends, however long", async (store) => {
      await store.reserve("c_0", claim("k", 1), NOW);
      requireSame(
        await store.reserve("c_1", claim("k", 1), NOW + 100 * MINUTE),
        { ok: false, index: 0 },
        "while one is in flight",
      );
      await store.commit("c_0", NOW + 100 * MINUTE);
      requireSame(
        await store.reserve("c_1", claim("k", 1), NOW + 100 * MINUTE),
        { ok: false, index: 0, retryAfter: MINUTE },
        "after it started",
      );
    }),
    withStore(
      "refuses an id twice, a commit of nothing, and wrong values; releases nothing in peace",
      async (store) => {
        await store.reserve("c_0", claim("k", 5), NOW);
        await requireRejection(store.reserve("c_0", claim("k", 5), NOW), "an id that is in use");
        await requireRejection(store.commit("c_9", NOW), "a commit of nothing");
        await store.release("c_9");
        await store.commit("c_0", NOW);
        await store.release("c_0");
        await requireRejection(store.commit("c_0", NOW), "a second commit");
        await requireRejection(store.reserve("c_1", claim("k", -1), NOW), "a negative count");
        await requireRejection(store.reserve("c_1", claim("k", 1, 0), NOW), "a window of nothing");
        for (const takes of [-1, 0.5])
          await requireRejection(
            store.reserve("c_1", [{ key: "k", count: 1, window: MINUTE, takes }], NOW),
            `an amount of ${takes}`,
          );
        await requireRejection(store.reserve("c_1", claim("k", 1), Number.NaN), "a time that is none");
        await requireRejection(store.compareAndSet("k", undefined, Number.NaN), "a value that is not JSON");
        requireSame((await store.reserve("c_1", claim("k", 2), NOW)).ok, true, "a place beside the one committed");
      },
    ),
    {
      name: "refuses after close, and closes twice",
      run: async () => {
        const store = await (await make()).open();
        await store.close();
        await store.close();
        await requireRejection(store.get("k"), "a get after close");
        await requireRejection(store.reserve("c", claim("k", 1), NOW), "a reservation after close");
      },
    },
    reopened(
      "keeps values, versions and limits",
      async (store) => {
        await store.compareAndSet("kept", undefined, { a: 1 });
        await store.compareAndSet("gone", undefined, 1);
        await store.compareAndSet("gone", (await store.get("gone"))?.version, undefined);
        await store.reserve("c_0", claim("k", 2, "session"), NOW);
        await store.commit("c_0", NOW);
      },
      async (store) => {
        const kept = await store.get("kept");
        requireSame(
          (await store.list("")).map(({ key, value }) => [key, value]),
          [["kept", { a: 1 }]],
          "all values",
        );
        await store.compareAndSet("new", undefined, 1);
        requireThat((await store.get("new"))?.version !== kept?.version, "a version was given again");
        requireSame((await store.reserve("c_1", claim("k", 2, "session"), NOW)).ok, true, "the second place");
        requireSame((await store.reserve("c_2", claim("k", 2, "session"), NOW)).ok, false, "a third place");
      },
    ),
    reopened(
      "keeps amounts and distinct values; what ran has ended",
      async (store) => {
        const claims: readonly LimitClaim[] = [
          { key: "sum", count: 10, window: MINUTE, takes: 6 },
          { key: "to", count: 1, window: MINUTE, takes: ["a"] },
          { key: "run", count: 1, window: "session", takes: "concurrent" },
        ];
        await store.reserve("c_0", claims, NOW);
        await store.commit("c_0", NOW);
      },
      async (store) => {
        requireSame(
          (await store.reserve("c_1", [{ key: "sum", count: 10, window: MINUTE, takes: 5 }], NOW)).ok,
          false,
          "an amount too large",
        );
        requireSame(
          (await store.reserve("c_1", [{ key: "sum", count: 10, window: MINUTE, takes: 4 }], NOW)).ok,
          true,
          "an amount that fits",
        );
        requireSame(
          (await store.reserve("c_2", [{ key: "to", count: 1, window: MINUTE, takes: ["b"] }], NOW)).ok,
          false,
          "another value",
        );
        requireSame(
          (await store.reserve("c_2", [{ key: "to", count: 1, window: MINUTE, takes: ["a"] }], NOW)).ok,
          true,
          "the same value",
        );
        requireSame(
          (await store.reserve("c_3", [{ key: "run", count: 1, window: "session", takes: "concurrent" }], NOW)).ok,
          true,
          "a call in the place of one whose process is gone",
        );
      },
    ),
    reopened(
      "counts what was in flight as started",
      async (store) => {
        await store.reserve("c_0", claim("k", 1, "session"), NOW);
      },
      async (store) => {
        requireSame(
          (await store.reserve("c_1", claim("k", 1, "session"), NOW)).ok,
          false,
          "the place of a call that may have started",
        );
        await store.release("c_0");
        requireSame(
          (await store.reserve("c_1", claim("k", 1, "session"), NOW)).ok,
          false,
          "that place, released by one who cannot know",
        );
      },
    ),
  ];
}
