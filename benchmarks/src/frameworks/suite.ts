import { parseArgs } from "node:util";
import { machine, machineLine } from "../machine.js";
import { writeResult } from "../result.js";
import { median, quantile } from "../statistics.js";
import { aiSdk } from "./ai-sdk.js";
import { langchain } from "./langchain.js";
import { langgraph } from "./langgraph.js";
import { benchGuard, type FrameworkSubject, type Work } from "./subject.js";

/** What an adapter adds to one call, in microseconds, against the same agent without it. */
export interface Added {
  readonly name: string;
  readonly calls: number;
  /** One call of the agent as it is: all that the framework does for it, the model's turn included. */
  readonly plain: number;
  readonly added: number;
  readonly addedP90: number;
  /** The processor's time alone: what else the machine does is in `added`, and hardly here. */
  readonly addedCpu: number;
}

/** Promised of the median that any adapter adds to a call. */
const TARGET_US = 100;
const SUBJECTS: readonly FrameworkSubject[] = [langgraph, langchain, aiSdk];
/** One call a turn, and ten at once. */
const WORKS: readonly Work[] = [
  { turns: 10, calls: 1 },
  { turns: 2, calls: 10 },
];

/** `npm run bench -- frameworks [--quick]`: what each adapter adds to a call. */
export async function frameworksSuite(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...options], options: { quick: { type: "boolean" } } });
  const rounds = values.quick === true ? 20 : 300;
  const on = machine();
  process.stdout.write(`frameworks: ${machineLine(on)}\n\n`);
  const figures: Added[] = [];
  for (const subject of SUBJECTS)
    for (const work of WORKS) {
      process.stderr.write(`  ${subject.name}, ${work.calls} a turn ...\n`);
      figures.push(await added(subject, work, rounds));
    }
  process.stdout.write(`${table(figures)}\n`);
  await writeResult("frameworks.json", { format: "writ.bench.frameworks/1", machine: on, target: TARGET_US, figures });
}

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
    added: median(more),
    addedP90: quantile(more, 0.9),
    addedCpu: median(cpu),
  };
}

function table(figures: readonly Added[]): string {
  const us = (value: number): string => `${value.toFixed(0)} us`.padStart(10);
  const lines = figures.map(({ name, calls, plain, added: more, addedP90, addedCpu }) => {
    const verdict = more <= TARGET_US ? "met" : "NOT MET";
    const share = `${((100 * more) / plain).toFixed(0)} %`.padStart(8);
    return `${name.padEnd(44)}${String(calls).padStart(8)}${us(plain)}${us(more)}${us(addedP90)}${us(addedCpu)}${share}  ${verdict}`;
  });
  return [
    `${"adapter".padEnd(44)}  a turn     plain     added       p90       CPU    share  (target: ${TARGET_US} us added, median)`,
    ...lines,
  ].join("\n");
}
