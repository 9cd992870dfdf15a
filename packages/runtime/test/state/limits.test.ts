import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LimitTable } from "../../src/state/limit-table.js";
import { LogicalClock } from "../../src/state/logical-clock.js";
import { StateImage, type Applied } from "../../src/state/state-image.js";
import type { Takes } from "../../src/index.js";
import { readChange } from "../../src/state/state-change.js";
import { WindowCount } from "../../src/state/window-count.js";

const WINDOW = 100;

interface Step {
  readonly what: "reserve" | "commit" | "release" | "finish" | "append" | "drop" | "forget" | "adopt";
  readonly id: number;
  readonly claims: readonly {
    readonly key: string;
    readonly count: number;
    readonly window: number | "session";
    readonly takes: Takes;
  }[];
  readonly wait: number;
}

const bounds = { count: fc.integer({ min: 0, max: 4 }), window: fc.constantFrom(WINDOW, "session" as const) };
const claims = fc.array(
  fc.oneof(
    fc.record({ key: fc.constantFrom("a", "b"), ...bounds, takes: fc.constantFrom(1, 1, 0, 2, 3) }),
    fc.record({ key: fc.constant("distinct"), ...bounds, takes: fc.subarray(["x", "y", "z"]) }),
    fc.record({ key: fc.constant("running"), ...bounds, takes: fc.constant("concurrent" as const) }),
  ),
  { maxLength: 3 },
);
const steps = fc.array(
  fc.record<Step>({
    what: fc.constantFrom("reserve", "reserve", "commit", "release", "finish"),
    id: fc.integer({ min: 0, max: 9 }),
    claims,
    wait: fc.integer({ min: 0, max: 60 }),
  }),
  { maxLength: 80 },
);

/** With logs, forgetting and processes that die. */
const everything = fc.array(
  fc.record<Step>({
    what: fc.constantFrom("reserve", "reserve", "commit", "release", "finish", "append", "append", "drop", "forget"),
    id: fc.integer({ min: 0, max: 9 }),
    claims,
    wait: fc.integer({ min: 0, max: 60 }),
  }),
  { maxLength: 80 },
);
const withDeaths = fc.array(
  fc.record<Step>({
    what: fc.constantFrom("reserve", "reserve", "commit", "release", "finish", "append", "drop", "forget", "adopt"),
    id: fc.integer({ min: 0, max: 9 }),
    claims,
    wait: fc.integer({ min: 0, max: 60 }),
  }),
  { maxLength: 80 },
);

interface Taken {
  readonly name: string;
  readonly takes: Takes;
}

/** The rules in their plainest form: a list of everything that ever started, is in flight, or runs. */
class NaiveLimits {
  readonly started: (Taken & { readonly at: number })[] = [];
  readonly held = new Map<number, readonly Taken[]>();
  readonly running = new Map<number, readonly Taken[]>();

  fits(
    name: string,
    takes: Takes,
    count: number,
    window: number | "session",
    now: number,
    more: readonly Taken[],
  ): boolean {
    const open = [...[...this.held.values()].flat(), ...more].filter((one) => one.name === name);
    if (takes === "concurrent")
      return open.length + [...this.running.values()].flat().filter((one) => one.name === name).length < count;
    const counted = [
      ...this.started.filter((one) => one.name === name && (window === "session" || one.at > now - window)),
      ...open,
    ];
    if (typeof takes === "number") return counted.reduce((sum, one) => sum + Number(one.takes), 0) + takes <= count;
    return (
      takes.length === 0 ||
      new Set([...counted.flatMap((one) => (typeof one.takes === "object" ? one.takes : [])), ...takes]).size <= count
    );
  }
}

describe("limits", () => {
  it("agree with a naive model on what is admitted, which claim is full and when to try again", () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const table = new LimitTable();
        const naive = new NaiveLimits();
        let now = 1000;
        for (const { what, id, claims: wanted, wait } of sequence) {
          now += wait;
          const held = naive.held.get(id);
          if (what === "reserve" && held === undefined) {
            const taken: Taken[] = [];
            const full = wanted.findIndex(({ key, count, window, takes }) => {
              const name = `${window} ${key}`;
              if (!naive.fits(name, takes, count, window, now, taken)) return true;
              taken.push({ name, takes });
              return false;
            });
            if (naive.running.has(id)) {
              expect(() => table.reserve(String(id), wanted, now)).toThrow("holds its places already");
              continue;
            }
            const answer = table.reserve(String(id), wanted, now);
            expect(answer.ok).toBe(full < 0);
            if (answer.ok) naive.held.set(id, taken);
            else {
              expect(answer.index).toBe(full);
              if (answer.retryAfter !== undefined) expect(answer.retryAfter).toBeGreaterThan(0);
            }
          } else if (what === "commit" && held !== undefined) {
            table.commit(String(id), now);
            naive.held.delete(id);
            naive.started.push(
              ...held
                .filter(({ takes }) => takes !== "concurrent")
                .map(({ name, takes }) => ({ name, takes, at: now })),
            );
            const running = held.filter(({ takes }) => takes === "concurrent");
            if (running.length > 0) naive.running.set(id, running);
          } else if (what === "finish") {
            table.finish(String(id));
            naive.running.delete(id);
          } else if (what === "release") {
            table.release(String(id));
            naive.held.delete(id);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it("are right about when to try again: not a millisecond earlier", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 90 }), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 20 }),
        (moments, count) => {
          const table = new LimitTable();
          const sorted = moments.toSorted((a, b) => a - b);
          for (const [i, at] of sorted.entries()) {
            table.restoreHeld(String(i), [{ key: "k", window: WINDOW }]);
            table.commit(String(i), at);
          }
          const now = 90;
          const answer = table.reserve("x", [{ key: "k", count, window: WINDOW }], now);
          if (answer.ok) return;
          const wait = answer.retryAfter ?? 0;
          expect(table.reserve("x", [{ key: "k", count, window: WINDOW }], now + wait - 1).ok).toBe(false);
          expect(table.reserve("x", [{ key: "k", count, window: WINDOW }], now + wait).ok).toBe(true);
        },
      ),
    );
  });

  it("count in bounded memory, late by a 2,048th of the window at most, never early", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 20_000, maxLength: 30_000 }), (waits) => {
        const window = 100_000;
        const count = new WindowCount(window);
        const exact: number[] = [];
        let first = 0;
        let now = 0;
        for (const [i, wait] of waits.entries()) {
          now += wait;
          count.add(now);
          exact.push(now);
          if (i % 97 !== 0) continue;
          while ((exact[first] ?? now) <= now - window) first += 1;
          let late = first;
          while (late > 0 && (exact[late - 1] ?? 0) > now - window - window / 2048 - 1) late -= 1;
          expect(count.count(now)).toBeGreaterThanOrEqual(exact.length - first);
          expect(count.count(now)).toBeLessThanOrEqual(exact.length - late);
          expect(count.moments().length).toBeLessThanOrEqual(4097);
        }
      }),
      { numRuns: 10 },
    );
  });

  it("forget keys whose window has passed", () => {
    const table = new LimitTable();
    for (let i = 0; i < 20_000; i += 1) {
      table.reserve(String(i), [{ key: `user ${i}`, count: 1, window: WINDOW }], i);
      table.commit(String(i), i);
    }
    expect(table.size).toBeLessThan(10_000);
    for (let i = 0; i < 20_000; i += 1) {
      table.reserve("x", [{ key: "one", count: 1, window: WINDOW }], 30_000 + i);
      table.release("x");
    }
    expect(table.size).toBeLessThan(3);
  });

  it("keep no trace of keys that were refused", () => {
    const table = new LimitTable();
    for (let i = 0; i < 1000; i += 1)
      table.reserve(
        String(i),
        [
          { key: `user ${i}`, count: 1, window: "session" },
          { key: "never", count: 0, window: WINDOW },
        ],
        1,
      );
    expect(table.size).toBe(0);
  });
});

describe("the logical clock", () => {
  it("never goes back, follows the readings, and after a correction goes on at their pace", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 10_000_000_000_000 }), { minLength: 1 }),
        fc.nat(1_000_000),
        (readings, pause) => {
          const clock = new LogicalClock();
          let before = 0;
          for (const reading of readings) {
            const time = clock.read(reading);
            expect(time).toBeGreaterThanOrEqual(before);
            before = time;
          }
          const last = readings.at(-1) ?? 0;
          // Whatever came before, waiting lasts at most the pause and the minute that counts as disorder.
          expect(clock.read(last + 60_000 + pause)).toBeGreaterThanOrEqual(before + pause);
        },
      ),
    );
  });

  it("is not hurried by readings out of order, nor by a correction that is taken back", () => {
    const clock = new LogicalClock();
    for (let i = 0; i < 1000; i += 1) clock.read(1_000_000 + (i % 2) * 50_000);
    expect(clock.read(1_050_000)).toBe(1_050_000);
    for (let i = 0; i < 1000; i += 1) {
      clock.read(5_000);
      clock.read(1_050_000);
    }
    expect(clock.newest).toBe(1_050_000);
  });
});

describe("a state image", () => {
  it("is the same again when its changes, or its snapshot, are replayed", () => {
    fc.assert(
      fc.property(withDeaths, (sequence) => {
        const image = new StateImage();
        const written: string[] = [];
        let now = 1000;
        for (const step of sequence) {
          now += step.wait;
          const change = apply(image, step, now)?.change;
          if (change !== undefined) written.push(JSON.stringify(change));
        }
        const replay = (lines: readonly string[]): StateImage => {
          const other = new StateImage();
          for (const line of lines) {
            const change = readChange(JSON.parse(line));
            if (change === undefined) throw new Error(line);
            other.replay(change);
          }
          return other;
        };
        const restored = replay([...image.snapshot()].map((change) => JSON.stringify(change)));
        const next = image.append("new", [1]).answer;
        for (const other of [replay(written), restored]) {
          for (let id = 0; id < 10; id += 1) {
            expect(other.get(String(id))).toEqual(image.get(String(id)));
            expect(other.read(String(id), 0)).toEqual(image.read(String(id), 0));
          }
          expect(other.limits.owners()).toEqual(image.limits.owners());
          expect(other.append("new", [1]).answer).toBe(next);
          const probes: readonly (readonly [string, Takes])[] = [
            ["a", 1],
            ["b", 1],
            ["a", 3],
            ["distinct", ["x"]],
            ["distinct", ["y", "z"]],
            ["running", "concurrent"],
          ];
          for (const [key, takes] of probes) {
            for (const window of [WINDOW, "session" as const]) {
              for (const count of [1, 2, 3, 4]) {
                const claim = [{ key, count, window, takes }];
                const [ours, theirs] = [image.reserve("probe", claim, now), other.reserve("probe", claim, now)];
                expect(theirs.answer).toEqual(ours.answer);
                ours.undo?.();
                theirs.undo?.();
              }
            }
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("is as it was when its changes are undone in reverse", () => {
    fc.assert(
      fc.property(everything, everything, (before, undone) => {
        const image = new StateImage();
        for (const step of before) apply(image, step, 1000);
        const kept = contents(image);
        const undos = undone.map((step) => apply(image, step, 1000)?.undo);
        for (const undo of undos.toReversed()) undo?.();
        expect(contents(image)).toEqual(kept);
      }),
      { numRuns: 500 },
    );
  });
});

function apply(image: StateImage, { what, id, claims: wanted, wait }: Step, now: number): Applied<unknown> | undefined {
  const name = String(id);
  try {
    if (what === "reserve") return image.reserve(name, wanted, now, `owner ${id % 2}`);
    if (what === "append") return image.append(name, [wait, { id }]);
    if (what === "drop") return image.drop(name, wait % 2 === 0 ? wait : Number.MAX_SAFE_INTEGER);
    if (what === "forget") return image.forget(["a", "b", "distinct", "run", "1", "2", "3"][id] ?? name);
    if (what === "adopt") return { answer: undefined, change: image.adopt(`owner ${id % 2}`, now) };
    if (what === "commit") return image.commit(name, now);
    if (what === "finish") return image.finish(name);
    if (wait % 2 === 0) return image.release(name);
    return image.compareAndSet(name, image.get(name)?.version, wait % 3 === 0 ? undefined : wait);
  } catch {
    return undefined; // an id used twice, or not held: refused, and nothing changed
  }
}

/** Values, reservations and how much each counter counts, in one order. */
function contents(image: StateImage): string[] {
  return [...image.snapshot()]
    .flatMap((change) => {
      switch (change[0]) {
        case "base":
          return [];
        case "counter":
          return [JSON.stringify([change[1], change[2], change[3].reduce((sum, [, calls]) => sum + calls, 0)])];
        case "reserve":
          return [JSON.stringify([change[1], change[3]])];
        default:
          return [JSON.stringify(change)];
      }
    })
    .toSorted();
}
