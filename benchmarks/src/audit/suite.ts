import { parseArgs } from "node:util";
import { machine, machineLine } from "../machine.js";
import { writeResult } from "../result.js";
import { judge } from "../target.js";
import { measureAll } from "./measure.js";
import { auditTargets, markdownReport, terminalReport, type AuditResult } from "./report.js";

const MODES = { full: { rounds: 9, ms: 400 }, quick: { rounds: 3, ms: 120 } } as const;

/** `npm run bench -- audit [--quick]`: records a second and what a caller waits, beside a bare write and fdatasync. */
export async function auditSuite(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...options], options: { quick: { type: "boolean" } } });
  const mode = values.quick === true ? "quick" : "full";
  const on = machine();
  process.stdout.write(`audit: ${machineLine(on)}\n\n`);
  const result: AuditResult = { machine: on, mode, cells: await measureAll(MODES[mode]) };
  process.stdout.write(`\n${terminalReport(result)}\n`);
  await writeResult("audit.json", {
    format: "writ.bench.audit/1",
    suite: "audit",
    mode,
    unit: "us",
    machine: on,
    targets: auditTargets(result).map(judge),
    cells: result.cells,
  });
  await writeResult("audit.md", markdownReport(result));
}
