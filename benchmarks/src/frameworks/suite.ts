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
  /** One call of the agent as it is: all that the framework does for it, the model's turn included. */
  readonly plain: number;
  /** What the agent as it is varies by: its ninetieth percentile less its median. Less than this goes unnoticed. */
  readonly plainSpread: number;
  readonly added: number;
  readonly addedP10: number;
  readonly addedP90: number;
  /** The processor's time alone: what else the machine does is in `added`, and hardly here. */
  readonly addedCpu: number;
}

const US = 1000;
const SUBJECTS: readonly FrameworkSubject[] = [langgraph, langchain, aiSdk, mastra];
/** One call a turn, and ten at once. */
const WORKS: readonly Work[] = [
  { turns: 10, calls: 1 },
  { turns: 2, calls: 10 },
];

/** `npm run bench -- frameworks [--quick]`: what each adapter adds to a call. */
export async function frameworksSuite(options: readonly string[]): Promise<Found> {
  const { values } = parseArgs({ args: [...options], options: { quick: { type: "boolean" } } });
  const mode = values.quick === true ? "quick" : "full";
  const figures: Added[] = [];
  for (const subject of SUBJECTS)
    for (const work of WORKS) {
      process.stderr.write(`  ${subject.name}, ${work.calls} a turn ...\n`);
      figures.push(await added(subject, work, ROUNDS[mode]));
    }
  return foundOf(mode, figures);
}

const ROUNDS = { full: 300, quick: 20 } as const;

/** Runs the agent with and without the adapter by turns, so that both see the same machine; the pairs are compared. */
export async function added(subject: FrameworkSubject, work: Work, rounds: number): Promise<Added> {
  const guard = await benchGuard();
  const runs = [subject.plain(work), subject.guarded(work, guard)] as const;
  const each = work.turns * work.calls;
  const plain: number[] = [];
  const more: number[] = [];
  const cpu: number[] = [];
  const warmUp = Math.ceil(rounds / 4);
  try {
    for (let round = -warmUp; round < rounds; round += 1) {
      const order = round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const);
      const took = [0, 0];
      const used = [0, 0];
      for (const which of order) {
        const cpuBegun = process.cpuUsage();
        const begun = performance.now();
        await runs[which]();
        took[which] = ((performance.now() - begun) * 1000) / each;
        const { user, system } = process.cpuUsage(cpuBegun);
        used[which] = (user + system) / each;
      }
      const [without = 0, withGuard = 0] = took;
      if (round < 0) continue;
      plain.push(without);
      more.push(withGuard - without);
      cpu.push((used[1] ?? 0) - (used[0] ?? 0));
    }
  } finally {
    await guard.close();
  }
  const { name } = subject;
  return {
    name,
    calls: work.calls,
    plain: median(plain),
    plainSpread: quantile(plain, 0.9) - median(plain),
    added: median(more),
    addedP10: quantile(more, 0.1),
    addedP90: quantile(more, 0.9),
    addedCpu: median(cpu),
  };
}

function foundOf(mode: "full" | "quick", figures: readonly Added[]): Found {
  const slowest = figures.toSorted((a, b) => b.added - a.added)[0];
  return {
    mode,
    method: [
      "The same agent with and without the adapter, by turns, over the framework's real packages with a model that speaks by a script; a tool that does nothing, log and store in memory. `plain` is all that the framework itself does for a call, the model's turn included; `added` is the median of the pairs' differences, its spread their tenth and ninetieth percentile; `processor` is the processor's time of it. `spread of plain` is the ninetieth percentile of the agent as it is less its median: where `added` is more than that, it can be noticed.",
    ],
    tables: [
      {
        id: "adapters",
        title: "What an adapter adds to one call",
        words: "One call a turn, and ten at once.",
        columns: [
          { name: "plain", unit: "time" },
          { name: "spread of plain", unit: "time" },
          { name: "added, median", unit: "time", better: "lower" },
          { name: "processor", unit: "time", better: "lower" },
          { name: "of plain", unit: "share", better: "lower" },
        ],
        rows: figures.map(({ name, calls, plain, plainSpread, added: more, addedP10, addedP90, addedCpu }) => ({
          name: `${name}, ${calls} a turn`,
          kind: "ours",
          cells: [
            { value: plain * US },
            { value: plainSpread * US },
            { value: more * US, low: addedP10 * US, high: addedP90 * US },
            { value: addedCpu * US },
            { value: more / plain },
          ],
        })),
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
