import type { Tier } from "@writ/ir";
import { expect, test } from "vitest";
import { Deadlines } from "../src/faults/deadlines.js";
import { heldPort } from "../src/faults/held-port.js";
import { runInline } from "../src/duties/isolate.js";
import { Flights, type Ending } from "../src/gate/flights.js";

const tier: Tier = {
  name: "low",
  isolate: "inline",
  network: [],
  read: [],
  write: [],
  env: [],
  at: [0, 0, 0, 1, 1],
};
const stopped: Ending = { cause: "stopped", message: "stopped", why: "a test" };
const unreachable = heldPort(() => expect.unreachable());

/** A signal as a host may make one: it does what it is given at each of its operations. */
function signal(does: { readonly add?: (listener: () => void) => void; readonly remove?: () => void }): AbortSignal {
  const made = new AbortController().signal;
  Reflect.defineProperty(made, "addEventListener", {
    value: (_: string, listener: () => void) => does.add?.(listener),
  });
  Reflect.defineProperty(made, "removeEventListener", { value: () => does.remove?.() });
  return made;
}

test("a time limit longer than a timer can hold does not end the wait at once", async () => {
  const slow = heldPort(() => new Promise((resolve) => setTimeout(resolve, 20, "done")));
  expect(await runInline(slow, {}, { ...tier, time: 1e12 }, undefined)).toEqual({ status: "done", result: "done" });
});

test("a run has the end that comes first, whatever the host's signal does", async () => {
  const quick = heldPort(() => 7);
  const throws = signal({
    remove: () => {
      throw new Error("no");
    },
  });
  expect(await runInline(quick, {}, tier, throws)).toEqual({ status: "done", result: 7 });
  const calls = signal({ add: (listener) => listener() });
  expect(await runInline(unreachable, {}, tier, calls)).toMatchObject({ status: "aborted" });
  const twice: (() => void)[] = [];
  const late = signal({ add: (listener) => twice.push(listener) });
  const slow = heldPort(async () => {
    for (const listener of [...twice, ...twice]) listener();
    return 1;
  });
  expect(await runInline(slow, {}, tier, late)).toMatchObject({ status: "aborted", kind: "aborted" });
});

test("a run that has to end before it begins is not begun", async () => {
  const flights = new Flights();
  const ended = flights.begin(["t"], []);
  ended.end(stopped);
  expect(await runInline(unreachable, {}, tier, undefined, ended)).toMatchObject({ status: "aborted" });
  // Stopped by the host while the guard begins to listen to the host's signal.
  const flight = flights.begin(["t"], []);
  const stops = signal({ add: () => flight.end(stopped) });
  expect(await runInline(unreachable, {}, tier, stops, flight)).toMatchObject({ status: "aborted" });
  const aborted = AbortSignal.abort();
  expect(await runInline(unreachable, {}, tier, aborted, flights.begin(["t"], []))).toMatchObject({
    status: "aborted",
  });
});

test("what a tool answers with is waited for as a promise is, whatever it says of itself", async () => {
  const own = Promise.resolve(1);
  Reflect.set(own, "then", () => expect.unreachable());
  expect(
    await runInline(
      heldPort(() => own),
      {},
      tier,
      undefined,
    ),
  ).toEqual({ status: "done", result: 1 });
  const broken = new Proxy(
    {},
    {
      get() {
        throw new TypeError("no");
      },
    },
  );
  expect(
    await runInline(
      heldPort(() => broken),
      {},
      tier,
      undefined,
    ),
  ).toMatchObject({ status: "failed" });
});

test("every flight is ended for which there is a reason, those too that begin while others end", () => {
  const flights = new Flights();
  const open = Array.from({ length: 5 }, (_, i) => flights.begin([`t${i}`], []));
  const [first, second, third, fourth, fifth] = open;
  if (first === undefined || second === undefined || third === undefined || fourth === undefined || fifth === undefined)
    return expect.unreachable();
  for (const gone of [third, first, fifth, third]) flights.done(gone);
  expect(flights.size).toBe(2);
  let begun = second;
  second.running({
    abort: () => {
      flights.done(second);
      begun = flights.begin(["later"], []);
    },
  });
  flights.end(() => stopped);
  expect([second.ending, fourth.ending, begun.ending]).toEqual([stopped, stopped, stopped]);
  expect([first.ending, third.ending, fifth.ending]).toEqual([undefined, undefined, undefined]);
  flights.done(begun);
  flights.done(fourth);
  expect(flights.size).toBe(0);
});

test("waits end when their time is over, whichever of them was ended before, in the order in which they began", async () => {
  const deadlines = new Deadlines(20);
  const over: number[] = [];
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const waits = Array.from({ length: 6 }, (_, i) =>
    deadlines.begin(() => {
      over.push(i);
      if (i === 5) deadlines.begin(() => resolve(undefined));
    }),
  );
  for (const i of [0, 3, 3, 0]) {
    const wait = waits[i];
    if (wait !== undefined) deadlines.end(wait);
  }
  await promise;
  expect(over).toEqual([1, 2, 4, 5]);
  for (const wait of waits) deadlines.end(wait);
});
