import type { FileHandle } from "node:fs/promises";
import type { StateStore } from "@writ/runtime";
import { quantile } from "../statistics.js";

/** What callers did at once, in microseconds for one of them. */
export interface StateFigures {
  readonly work: string;
  readonly callers: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** One thing that a call asks of the store; `n` is different each time. */
export interface Work {
  readonly name: string;
  /** How often it is done in one round of 64 callers. */
  readonly times: number;
  readonly run: (n: number) => Promise<unknown>;
}

const WINDOW = 60_000;

/** What the runtime asks of a store, over ten keys. */
export function workOf(store: StateStore, id: string): readonly Work[] {
  const claims = (n: number) => [{ key: `limit/${n % 10}`, count: 1_000_000_000, window: WINDOW }];
  const reserve = (n: number, now: number) => store.reserve(`${id}-${n}`, claims(n), now);
  return [
    { name: "get", times: 40_000, run: (n) => store.get(`call/${n}`) },
    {
      name: "reserve + release",
      times: 10_000,
      async run(n) {
        await reserve(n, Date.now());
        await store.release(`${id}-${n}`);
      },
    },
    {
      name: "reserve + commit",
      times: 10_000,
      async run(n) {
        const now = Date.now();
        await reserve(n, now);
        await store.commit(`${id}-${n}`, now);
      },
    },
    {
      name: "reserve + sync + commit",
      times: 4000,
      async run(n) {
        const now = Date.now();
        await reserve(n, now);
        await store.sync();
        await store.commit(`${id}-${n}`, now);
      },
    },
    {
      name: "compareAndSet, durable",
      times: 4000,
      run: (n) => store.compareAndSet(`call/${id}/${n}`, undefined, { state: "started" }),
    },
    { name: "append", times: 10_000, run: (n) => store.append(`memory/${n % 10}`, [n]) },
  ];
}

/** The limit: the same bytes and a sync each time, one after another. */
export function bareWork(file: FileHandle): Work {
  const bytes = Buffer.alloc(128, 65);
  let at = 0;
  return {
    name: "bare write + fdatasync",
    times: 1000,
    async run() {
      const place = at;
      at += bytes.length;
      await file.write(bytes, 0, bytes.length, place);
      await file.datasync();
    },
  };
}

let made = 0;

/** Lets so many callers do it at once, each again when it is done. */
export async function measure({ name, times, run }: Work, callers: number, part: number): Promise<StateFigures> {
  const total = Math.max(callers, Math.round(((times * part) / 64) * Math.min(64, callers * 8)));
  const took = new Float64Array(total);
  let begun = 0;
  const from = performance.now();
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (begun < total) {
        const mine = begun;
        begun += 1;
        made += 1;
        const start = performance.now();
        await run(made);
        took[mine] = performance.now() - start;
      }
    }),
  );
  const seconds = (performance.now() - from) / 1000;
  return {
    work: name,
    callers,
    perSecond: total / seconds,
    p50: quantile(took, 0.5) * 1000,
    p99: quantile(took, 0.99) * 1000,
  };
}
