import { parseArgs } from "node:util";
import type { Found } from "../results/suite-result.js";
import { auditFound } from "./found.js";
import { measureAll } from "./measure.js";
import { overload } from "./overload.js";

const MODES = { full: { rounds: 9, ms: 400 }, quick: { rounds: 3, ms: 120 } } as const;

/** `npm run bench -- audit [--quick]`: records a second and what a caller waits, beside a bare write and fdatasync. */
export async function auditSuite(options: readonly string[]): Promise<Found> {
  const { values } = parseArgs({ args: [...options], options: { quick: { type: "boolean" } } });
  const mode = values.quick === true ? "quick" : "full";
  return auditFound({ mode, cells: await measureAll(MODES[mode]), overloaded: await overload() });
}
