import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, quantile } from "../statistics.js";
import { WRITERS, type Writer, type WriterKind } from "./writers.js";

/** What one way to write does with so many callers at once: the median over the rounds. */
export interface AuditCell {
  readonly writer: string;
  readonly callers: number;
  readonly durability: WriterKind["durability"] | undefined;
  readonly recordsPerSecond: number;
  /** The lowest and highest of the rounds. */
  readonly rates: { readonly low: number; readonly high: number };
  /** What a caller waits for one record, microseconds. */
  readonly wait: { readonly median: number; readonly p99: number };
  /** Processor time of this process a record, all threads, microseconds: what else the machine does is not in it. */
  readonly cpu: number;
}

export interface Amount {
  readonly rounds: number;
  /** How long each cell runs in a round, milliseconds. */
  readonly ms: number;
}

interface Sample {
  readonly rate: number;
  readonly median: number;
  readonly p99: number;
  readonly cpu: number;
}

/** Every cell once a round, so that what the machine does meanwhile falls on all of them alike. */
export async function measureAll({ rounds, ms }: Amount): Promise<readonly AuditCell[]> {
  const cells = WRITERS.flatMap((kind) => kind.callers.map((callers) => ({ kind, callers, samples: [] as Sample[] })));
  for (let round = -1; round < rounds; round += 1) {
    process.stderr.write(round < 0 ? "  warming up ...\n" : `  round ${round + 1} of ${rounds} ...\n`);
    for (const { kind, callers, samples } of cells) {
      const found = await measured(kind, callers, ms);
      if (round >= 0) samples.push(found);
    }
  }
  return cells.map(({ kind, callers, samples }) => ({
    writer: kind.name,
    callers,
    durability: kind.durability,
    recordsPerSecond: median(samples.map(({ rate }) => rate)),
    rates: {
      low: quantile(
        samples.map(({ rate }) => rate),
        0,
      ),
      high: quantile(
        samples.map(({ rate }) => rate),
        1,
      ),
    },
    wait: { median: median(samples.map((one) => one.median)), p99: median(samples.map(({ p99 }) => p99)) },
    cpu: median(samples.map(({ cpu }) => cpu)),
  }));
}

/** A fresh log each time, in a folder of its own; opening and closing are not in the figures. */
async function measured(kind: WriterKind, callers: number, ms: number): Promise<Sample> {
  const folder = await mkdtemp(join(tmpdir(), "writ-bench-"));
  try {
    const writer = await kind.open(folder);
    try {
      return await load(writer, callers, ms);
    } finally {
      await writer.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Each caller writes its next record when its last one is where it should be. */
async function load(writer: Writer, callers: number, ms: number): Promise<Sample> {
  const waits: number[] = [];
  let next = 0;
  globalThis.gc?.();
  const before = process.cpuUsage();
  const begun = performance.now();
  let now = begun;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (now - begun < ms) {
        const n = next;
        next += 1;
        const asked = performance.now();
        await writer.write(n);
        now = performance.now();
        waits.push(now - asked);
      }
    }),
  );
  const spent = performance.now() - begun;
  const { user, system } = process.cpuUsage(before);
  return {
    rate: (waits.length / spent) * 1000,
    median: median(waits) * 1000,
    p99: quantile(waits, 0.99) * 1000,
    cpu: (user + system) / waits.length,
  };
}
