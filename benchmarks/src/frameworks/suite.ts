import { parseArgs } from "node:util";
import { measured } from "../results/measured.js";
import type { Found } from "../results/suite-result.js";
import { median, quantile } from "../statistics.js";
import { aiSdk } from "./ai-sdk.js";
import { langchain } from "./langchain.js";
import { langgraph } from "./langgraph.js";
import { mastra } from "./mastra.js";
import { benchGuard, type FrameworkSubject, type Work } from "./subject.js";

/** What an adapter adds to one call, in microseconds, against the same agent without it. */
export interface Added {
  readonly name: string;
  readonly calls: number;
  readonly labels: boolean;
  /** One call of the agent as it is: all that the framework does for it, the model's turn included. */
  readonly plain: number;
  /** What the agent as it is varies by: its ninetieth percentile less its median. Less than this goes unnoticed. */
  readonly plainSpread: number;
  /** What hooks that do nothing add, where the framework has any that the adapter uses. */
  readonly hooks: number | undefined;
  readonly added: number;
  readonly addedP10: number;
  readonly addedP90: number;
  /** The processor's time alone: what else the machine does is in `added`, and hardly here. */
  readonly addedCpu: number;
}

const US = 1000;
const SUBJECTS: readonly FrameworkSubject[] = [langgraph, langchain, aiSdk, mastra];
/** One call a turn, and ten at once; the same where a rule looks at labels. */
const WORKS: readonly Work[] = [
  { turns: 10, calls: 1 },
  { turns: 2, calls: 10 },
  { turns: 10, calls: 1, labels: true },
  { turns: 2, calls: 10, labels: true },
];

/** `npm run bench -- frameworks [--quick]`: what each adapter adds to a call. */
export async function frameworksSuite(options: readonly string[]): Promise<Found> {
  const { values } = parseArgs({ args: [...options], options: { quick: { type: "boolean" } } });
  const mode = values.quick === true ? "quick" : "full";
  const figures: Added[] = [];
  for (const subject of SUBJECTS)
    for (const work of WORKS) {
      process.stderr.write(`  ${subject.name}, ${work.calls} a turn${work.labels === true ? ", labels" : ""} ...\n`);
      figures.push(await added(subject, work, ROUNDS[mode]));
    }
  return foundOf(mode, figures);
}

const ROUNDS = { full: 300, quick: 20 } as const;

/** Each runs after each other as often as before it. */
const ORDERS = [
  [0, 1, 2],
  [2, 1, 0],
  [1, 2, 0],
  [0, 2, 1],
  [2, 0, 1],
  [1, 0, 2],
] as const;

/** Runs the agent with and without the adapter by turns, so that both see the same machine; the pairs are compared. */
export async function added(subject: FrameworkSubject, work: Work, rounds: number): Promise<Added> {
  const guard = await benchGuard(work.labels);
  const plainly = subject.plain(work);
  const runs = [plainly, subject.guarded(work, guard), subject.hooked?.(work) ?? plainly] as const;
  const each = work.turns * work.calls;
  const plain: number[] = [];
  const more: number[] = [];
  const cpu: number[] = [];
  const hooks: number[] = [];
  const warmUp = Math.ceil(rounds / 4);
  try {
    for (let round = -warmUp; round < rounds; round += 1) {
      const order = ORDERS[Math.abs(round) % ORDERS.length] ?? ORDERS[0];
      const took = [0, 0, 0];
      const used = [0, 0, 0];
      for (const which of order) {
        const cpuBegun = process.cpuUsage();
        const begun = performance.now();
        await runs[which]();
        took[which] = ((performance.now() - begun) * 1000) / each;
        const { user, system } = process.cpuUsage(cpuBegun);
        used[which] = (user + system) / each;
      }
      const [without = 0, withGuard = 0, withHooks = 0] = took;
      if (round < 0) continue;
      plain.push(without);
      more.push(withGuard - without);
      hooks.push(withHooks - without);
      cpu.push((used[1] ?? 0) - (used[0] ?? 0));
    }
  } finally {
    await guard.close();
  }
  const { name } = subject;
  return {
    name,
    calls: work.calls,
    labels: work.labels === true,
    plain: median(plain),
    plainSpread: quantile(plain, 0.9) - median(plain),
    hooks: subject.hooked === undefined ? undefined : median(hooks),
    added: median(more),
    addedP10: quantile(more, 0.1),
    addedP90: quantile(more, 0.9),
    addedCpu: median(cpu),
  };
}

function foundOf(mode: "full" | "quick", figures: readonly Added[]): Found {
  const slowest = figures.filter(({ labels }) => !labels).toSorted((a, b) => b.added - a.added)[0];
  return {
    mode,
    method: [
      "The same agent with and without the adapter, by turns, over the framework's real packages with a model that speaks by a script; a tool that does nothing, log and store in memory. Each run is a conversation of its own, whose session is made in it and is part of what is added. `plain` is all that the framework itself does for a call, the model's turn included; `added` is the median of the pairs' differences, its spread their tenth and ninetieth percentile; `processor` is the processor's time of it; `hooks alone` is what the framework takes, of that, where the hooks that the adapter uses are there and do nothing. `spread of plain` is the ninetieth percentile of the agent as it is less its median: where `added` is more than that, it can be noticed.",
    ],
    tables: [
      {
        id: "adapters",
        title: "What an adapter adds to one call",
        words:
          "One call a turn, and ten at once. `labels`: a rule looks at labels, so what stands before the model is read, and each result is kept with what it is made of; the target is held against the others.",
        columns: [
          { name: "plain", unit: "time" },
          { name: "spread of plain", unit: "time" },
          { name: "added, median", unit: "time", better: "lower" },
          { name: "processor", unit: "time", better: "lower" },
          { name: "hooks alone", unit: "time" },
          { name: "of plain", unit: "share", better: "lower" },
        ],
        rows: figures.map(
          ({ name, calls, labels, plain, plainSpread, hooks, added: more, addedP10, addedP90, addedCpu }) => ({
            name: `${name}, ${calls} a turn${labels ? ", labels" : ""}`,
            kind: "ours",
            cells: [
              { value: plain * US },
              { value: plainSpread * US },
              { value: more * US, low: addedP10 * US, high: addedP90 * US },
              { value: addedCpu * US },
              hooks === undefined ? {} : { value: hooks * US },
              { value: more / plain },
            ],
          }),
        ),
      },
    ],
    measured: [
      measured(
        "adapters.added",
        slowest === undefined ? undefined : slowest.added * US,
        slowest === undefined ? undefined : `${slowest.name}, ${slowest.calls} a turn`,
      ),
    ],
  };
}
