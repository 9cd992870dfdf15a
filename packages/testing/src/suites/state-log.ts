import type { Json } from "@writ/ir";
import type { LimitClaim, StateStore } from "@writ/runtime";
import { requireRejection, requireSame, requireThat, type Case } from "./case.js";

const NOW = 1_700_000_000_000;

type WithStore = (name: string, body: (store: StateStore) => Promise<void>) => Case;
type Reopened = (
  name: string,
  before: (store: StateStore) => Promise<void>,
  after: (store: StateStore) => Promise<void>,
) => Case;

/** What every store must do with logs, and with forgetting what begins with a prefix. */
export function logCases(withStore: WithStore, reopened: Reopened): readonly Case[] {
  return [
    withStore("appends to a log in order and reads on from a position", async (store) => {
      const nothing = await store.read("l");
      requireSame([nothing.values, nothing.next], [[], 0], "a log that is not there");
      const first = await store.append("l", ["a", { b: [1] }]);
      const second = await store.append("l", [null]);
      requireSame(second, first + 2, "the position of the third value");
      const all = await store.read("l");
      requireSame(all, { values: ["a", { b: [1] }, null], first, next: second + 1 }, "all of it");
      requireSame((await store.read("l", second)).values, [null], "what came since");
      requireSame((await store.read("l", all.next)).values, [], "what came since the end");
      requireSame(await store.get("l"), undefined, "a value under a log's key");
    }),
    withStore("appends for many at once, each list in one piece", async (store) => {
      const lists = Array.from({ length: 100 }, (_, i) => [i, i + 0.5]);
      const places = await Promise.all(lists.map((list) => store.append("l", list)));
      const { values, first } = await store.read("l");
      requireSame(values.length, 200, "values");
      for (const [i, at] of places.entries())
        requireSame(values.slice(at - first, at - first + 2), lists[i], `list ${i} at its position`);
    }),
    withStore("drops what is before a position, and never gives a position again", async (store) => {
      const first = await store.append("l", ["a", "b", "c"]);
      await store.drop("l", first + 2);
      requireSame(await store.read("l"), { values: ["c"], first: first + 2, next: first + 3 }, "what is left");
      await store.drop("l", first);
      await store.drop("l");
      await store.drop("l");
      requireSame((await store.read("l")).values, [], "a dropped log");
      const again = await store.append("l", ["d"]);
      requireThat(again >= first + 3, "a position was given twice: one who reads on would miss a value");
      requireSame((await store.read("l", first)).first, again, "where what is left begins");
    }),
    withStore("lesson 30: takes any text as the key of a log", async (store) => {
      for (const key of ["__proto__", "constructor", "toString", "", "a/b", "ä€😀", "with\nnewline"]) {
        requireSame((await store.read(key)).values, [], `${JSON.stringify(key)} before`);
        await store.append(key, [key]);
        requireSame((await store.read(key)).values, [key], `${JSON.stringify(key)} after`);
      }
    }),
    withStore(
      "keeps in a log what was given, whatever becomes of the giver's and the reader's objects",
      async (store) => {
        const given: Json[] = [[1]];
        await store.append("l", given);
        given.push("more");
        const { values } = await store.read("l");
        try {
          Object.assign(Object(values[0]), { 0: "changed" });
        } catch {
          // frozen is one way of keeping this
        }
        requireSame((await store.read("l")).values, [[1]], "the values");
        await requireRejection(store.append("l", [1, Number.NaN]), "a value that is not JSON");
        for (const from of [-1, 0.5, Number.NaN])
          await requireRejection(store.read("l", from), "a position that is none");
      },
    ),
    withStore("forgets all that begins with a prefix, and nothing else", async (store) => {
      const once = (key: string): readonly LimitClaim[] => [{ key, count: 1, window: "session" }];
      for (const key of ["s/1/a", "s/1/b", "s/10", "s/2/a"]) {
        await store.compareAndSet(key, undefined, key);
        await store.append(key, [key]);
        requireSame((await store.reserve(`c ${key}`, once(key), NOW)).ok, true, `a first place of ${key}`);
        await store.commit(`c ${key}`, NOW);
      }
      const seen = await store.get("s/1/a");
      await store.forget("s/1/");
      await store.forget("s/1/");
      await requireRejection(store.forget(""), "forgetting everything");
      requireSame(
        (await store.list("s/")).map(({ key }) => key),
        ["s/10", "s/2/a"],
        "values that are left",
      );
      requireSame((await store.read("s/1/b")).values, [], "a log that was forgotten");
      requireSame((await store.read("s/10")).values, ["s/10"], "a log that was not");
      requireSame((await store.reserve("c_1", once("s/1/a"), NOW)).ok, true, "a place that was forgotten");
      requireSame((await store.reserve("c_2", once("s/10"), NOW)).ok, false, "a place that was not");
      requireSame(await store.compareAndSet("s/1/a", seen?.version, 1), false, "a set of what was seen before");
      await store.compareAndSet("s/1/a", undefined, 1);
      requireThat((await store.get("s/1/a"))?.version !== seen?.version, "a version was given again");
    }),
    withStore("sets without waiting for stable storage, and waits for all of it when asked", async (store) => {
      requireSame(await store.compareAndSet("k", undefined, 1, { durable: false }), true, "a first set");
      requireSame(await store.compareAndSet("k", undefined, 2, { durable: false }), false, "a second first set");
      await store.append("l", [1]);
      await store.sync();
      requireSame((await store.get("k"))?.value, 1, "the value");
    }),
    reopened(
      "keeps logs and their positions",
      async (store) => {
        await store.append("l", ["a", "b"]);
        await store.drop("l", (await store.read("l")).first + 1);
        await store.append("gone", ["x", "y", "z"]);
        await store.drop("gone");
        await store.append("s/1", ["x"]);
        await store.forget("s/");
      },
      async (store) => {
        requireSame((await store.read("l")).values, ["b"], "the log");
        const { next } = await store.read("l");
        requireSame(await store.append("l", ["c"]), next, "where it goes on");
        requireSame((await store.read("s/1")).values, [], "a log that was forgotten");
        requireThat((await store.append("gone", [1])) >= 3, "a position was given twice");
      },
    ),
  ];
}
