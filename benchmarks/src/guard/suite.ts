import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { inProcess } from "../child.js";
import { writeInputs } from "../decision/inputs.js";
import { peerVersions } from "../decision/versions.js";
import type { Found } from "../results/suite-result.js";
import { guardFound, type GuardCell } from "./found.js";
import type { GuardFigures, GuardOrder } from "./measure.js";
import type { Soak } from "./soak.js";
import { guardWorkload, VARIANTS } from "./variants.js";

const MODES = {
  full: { rounds: 11, calls: 3000, session: 10_000 },
  quick: { rounds: 3, calls: 1000, session: 2000 },
} as const;
/** Samples of the long session. */
const SAMPLES = 40;
/** A variant that takes longer than this is given up. */
const LIMIT_MS = 300_000;

/** `npm run bench -- guard [--quick] [--only NAME] [--session CALLS]`: what a guard adds to a call, and a long session. */
export async function guardSuite(options: readonly string[]): Promise<Found> {
  const { values } = parseArgs({
    args: [...options],
    options: { quick: { type: "boolean" }, only: { type: "string" }, session: { type: "string" } },
  });
  const mode = values.quick === true ? "quick" : "full";
  const { rounds, calls } = MODES[mode];
  const session = values.session === undefined ? MODES[mode].session : Number(values.session);
  if (!Number.isSafeInteger(session) || session < SAMPLES) throw new Error(`--session takes ${SAMPLES} calls or more`);
  const only = values.only?.toLowerCase();
  const folder = await mkdtemp(join(tmpdir(), "writ-bench-"));
  try {
    await writeInputs(folder, guardWorkload());
    const cells: GuardCell[] = [];
    for (const [variant, { name }] of VARIANTS.entries()) {
      if (only !== undefined && !name.toLowerCase().includes(only)) continue;
      process.stderr.write(`  ${name} ...\n`);
      cells.push(await measured({ variant, folder, rounds, calls }));
    }
    process.stderr.write(`  a session of ${session} calls ...\n`);
    return guardFound({ mode, cells, soak: await longSession(folder, session), versions: await peerVersions() });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measured(order: GuardOrder): Promise<GuardCell> {
  const variant = VARIANTS[order.variant];
  if (variant === undefined) throw new Error(`there is no variant ${order.variant}`);
  const ran = await inProcess(join(import.meta.dirname, "cell.js"), [JSON.stringify(order)], LIMIT_MS);
  if (!ran.ok) return { variant, failed: ran.why };
  const figures: unknown = JSON.parse(ran.line);
  if (!isFigures(figures)) throw new Error(`a cell wrote ${ran.line.slice(0, 200)}`);
  return { variant, figures };
}

async function longSession(folder: string, calls: number): Promise<Soak> {
  const script = join(import.meta.dirname, "soak-cell.js");
  const ran = await inProcess(script, [folder, String(calls), String(Math.floor(calls / SAMPLES))], 2 * LIMIT_MS);
  if (!ran.ok) throw new Error(`the session of ${calls} calls: ${ran.why}`);
  const found: unknown = JSON.parse(ran.line);
  if (!isSoak(found)) throw new Error(`the session wrote ${ran.line.slice(0, 200)}`);
  return found;
}

function isFigures(figures: unknown): figures is GuardFigures {
  return typeof figures === "object" && figures !== null && "added" in figures && "inFlight" in figures;
}

function isSoak(found: unknown): found is Soak {
  return typeof found === "object" && found !== null && "samples" in found && Array.isArray(found.samples);
}
