import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Counter } from "../../src/state/counter.js";
import { Counters } from "../../src/state/counters.js";
import { LimitTable } from "../../src/state/limit-table.js";
import { runs } from "../runs.js";

const counter = (key: string, window: number | "session"): Counter => new Counter({ key, window });

describe("the counters of a table", () => {
  it("are those that a map by key and window has, whatever is kept and dropped", () => {
    const name = fc.record({
      key: fc.constantFrom("a", "b", "ab"),
      window: fc.constantFrom(1, 10, "session" as const),
    });
    const change = fc.record({ what: fc.constantFrom("set", "delete", "get"), name });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        const counters = new Counters();
        const map = new Map<string, Counter>();
        for (const { what, name: of } of changes) {
          const as = `${of.window} ${of.key}`;
          const present = map.get(as);
          if (what === "set") {
            const made = counter(of.key, of.window);
            counters.set(made);
            map.set(as, made);
          } else if (what === "delete" && present !== undefined) {
            counters.delete(present);
            map.delete(as);
          }
          expect(counters.get(of)).toBe(map.get(as));
          expect(counters.size).toBe(map.size);
          expect(new Set(counters.values())).toEqual(new Set(map.values()));
          counters.next();
        }
      }),
      { numRuns: runs(4000) },
    );
  });

  it("one that was dropped is not dropped again in place of one that has its name since", () => {
    const counters = new Counters();
    const [old, fresh] = [counter("k", 10), counter("k", 10)];
    counters.set(old);
    counters.delete(old);
    counters.set(fresh);
    counters.delete(old);
    expect(counters.get({ key: "k", window: 10 })).toBe(fresh);
  });

  it("come one each time, round after round, whatever is dropped meanwhile", () => {
    const counters = new Counters();
    const all = [counter("a", 1), counter("a", 2), counter("b", 1)];
    expect(counters.next()).toBe(undefined);
    for (const one of all) counters.set(one);
    const round = (): readonly (Counter | undefined)[] => [0, 1, 2, 3].map(() => counters.next());
    expect(round()).toEqual([...all, undefined]);
    expect(round()).toEqual([...all, undefined]);
    expect(counters.next()).toBe(all[0]);
    for (const one of all) counters.delete(one);
    while (counters.next() !== undefined);
    expect(counters.next()).toBe(undefined);
  });

  it("while they are gone through, what is dropped and begun anew goes on counting", () => {
    const table = new LimitTable();
    let id = 0;
    const take = (key: string, window: number, now: number): boolean => {
      id += 1;
      const call = `c${id}`;
      if (!table.reserve(call, [{ key, window, count: 1 }], now).ok) return false;
      table.commit(call, now);
      return true;
    };
    for (let now = 1; now < 2000; now += 7) {
      take("k", 1, now);
      take("k", 5, now);
      const taken = take("k", 100_000, now);
      for (let i = 0; i < 3; i += 1) take(`other ${now} ${i}`, 1, now);
      expect(taken).toBe(now === 1);
    }
  });
});
