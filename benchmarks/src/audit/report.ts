import { aligned, duration, markdown, type Grid } from "../grid.js";
import { machineLine, type Machine } from "../machine.js";
import { targetGrid, type Target } from "../target.js";
import type { AuditCell } from "./measure.js";

export interface AuditResult {
  readonly machine: Machine;
  readonly mode: "full" | "quick";
  readonly cells: readonly AuditCell[];
}

const micro = (us: number): string => `${us < 0 ? "-" : ""}${duration(Math.abs(us) * 1000)}`;
const rate = (perSecond: number): string => `${Math.round(perSecond).toLocaleString("en")}/s`;

function cell(result: AuditResult, callers: number, is: (one: AuditCell) => boolean): AuditCell | undefined {
  return result.cells.find((one) => one.callers === callers && is(one));
}

/** The promises: 50,000 durable records a second at 100 in flight, and one fdatasync plus 50 us for one alone. */
export function auditTargets(result: AuditResult): readonly Target[] {
  const many = cell(result, 100, (one) => one.durability === "durable");
  const one = cell(result, 1, (found) => found.durability === "durable");
  const limit = cell(result, 1, (found) => found.writer === "bare write + fdatasync a record");
  return [
    {
      name: "time a durable record takes, 100 in flight (50,000/s)",
      measured: many === undefined ? undefined : 1e6 / many.recordsPerSecond,
      limit: 20,
      show: micro,
    },
    {
      name: "wait for one durable record, beyond a bare write + fdatasync",
      measured: one === undefined || limit === undefined ? undefined : one.wait.median - limit.wait.median,
      limit: 50,
      show: micro,
    },
  ];
}

function grid({ cells }: AuditResult): Grid {
  return [
    ["", "callers", "records", "wait, median", "wait, p99", "processor a record"],
    ...cells.map(({ writer, callers, recordsPerSecond, wait, cpu }) => [
      writer,
      String(callers),
      rate(recordsPerSecond),
      micro(wait.median),
      micro(wait.p99),
      micro(cpu),
    ]),
  ];
}

export function terminalReport(result: AuditResult): string {
  return `${aligned(grid(result))}\n\n${aligned(targetGrid(auditTargets(result)))}`;
}

export function markdownReport(result: AuditResult): string {
  return `# What the audit log costs

${machineLine(result.machine)}; ${result.mode} run. Every cell was measured once a round, the rounds one after the other; the figures are
medians over the rounds. \`bare\` is the same disk asked plainly, one record after the other: the limit of what one caller
can get. \`written\` waits until the system has the record, \`durable\` until an fdatasync that began after it has ended.

${markdown(grid(result))}

${markdown(targetGrid(auditTargets(result)))}
`;
}
