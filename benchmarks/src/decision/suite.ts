import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Found } from "../results/suite-result.js";
import { measureCells, type CellPlan } from "./cells.js";
import { compareCells } from "./compare-cells.js";
import type { Engine } from "./engine.js";
import { ENGINES } from "./engines.js";
import { decisionFound } from "./found.js";
import { importCosts } from "./import-cost.js";
import { writeInputs } from "./inputs.js";
import { peerVersions } from "./versions.js";
import { workloadOf, type WorkloadName } from "./workload.js";

/** What a run repeats: the full one takes about a quarter of an hour on two cores and compares for some five minutes more, so that all suites have room in an hour; the quick one takes two. */
const MODES = {
  full: {
    rules: [10, 100, 1000, 10_000],
    dense: [100, 10_000],
    rounds: 2,
    timed: 300,
    turns: 5,
    imports: 15,
    whole: { rules: 1000, ms: 60_000, otherwise: 5000 },
  },
  quick: {
    rules: [10, 100, 1000],
    dense: [1000],
    rounds: 1,
    timed: 200,
    turns: 3,
    imports: 3,
    whole: { rules: 0, ms: 2000, otherwise: 1000 },
  },
} as const;
/** A cell that takes longer than this is given up. */
const LIMIT_MS = 60_000;
/** Engines in the form that suits all rules on one tool best. */
const DENSE = new Set(["a function a tool", "as is", "arguments already read", "logic a tool", "an expression a tool"]);

/** `npm run bench -- decision [--quick] [--rules 10,100] [--only NAME] [--rounds 1]`: Writ beside its peers. */
export async function decisionSuite(options: readonly string[]): Promise<Found> {
  const { values } = parseArgs({
    args: [...options],
    options: {
      quick: { type: "boolean" },
      only: { type: "string" },
      rules: { type: "string" },
      rounds: { type: "string" },
    },
  });
  const mode = values.quick === true ? "quick" : "full";
  const { timed, turns, imports, whole, ...defaults } = MODES[mode];
  const rounds = values.rounds === undefined ? MODES[mode].rounds : Number(values.rounds);
  if (!Number.isSafeInteger(rounds) || rounds < 1) throw new Error("--rounds takes a whole number from 1");
  const asked = values.rules?.split(",").map(Number);
  if (asked?.some((rules) => !Number.isSafeInteger(rules) || rules < 10 || rules % 10 !== 0) === true)
    throw new Error("--rules takes multiples of ten, separated by commas");
  const only = values.only?.toLowerCase();
  const engines = ENGINES.filter(
    (engine, i) => i === 0 || only === undefined || engine.name.toLowerCase().includes(only),
  );
  const workloads: readonly WorkloadName[] = [
    ...(asked ?? defaults.rules).map((rules) => ({ shape: "spread", rules }) as const),
    ...(asked ?? defaults.dense).map((rules) => ({ shape: "dense", rules }) as const),
  ];
  const folder = await mkdtemp(join(tmpdir(), "writ-bench-"));
  try {
    const inputs: Record<string, string> = {};
    for (const name of workloads) {
      process.stderr.write(`  ${name.shape} ${name.rules}: compiling\n`);
      const { policy, bundle, hand } = await writeInputs(folder, workloadOf(name));
      inputs[`${name.shape} ${name.rules}`] =
        `policy ${policy} bytes, bundle ${bundle} bytes, hand-written ${hand} bytes`;
    }
    const of = workloads.flatMap((workload) => engines.filter(fits(workload)).map((engine) => ({ engine, workload })));
    const plan: CellPlan = { folder, rounds, timed, turns, limit: LIMIT_MS, of };
    const cells = await measureCells(plan);
    return decisionFound({
      mode,
      imports: await importCosts(imports, folder),
      cells: await compareCells(cells, { folder, whole, atOnce: Math.min(availableParallelism(), 4) }),
      whole,
      versions: await peerVersions(),
      inputs,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function fits({ shape }: WorkloadName): (engine: Engine) => boolean {
  return ({ form }) => shape === "spread" || DENSE.has(form);
}
