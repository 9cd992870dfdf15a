import { measured } from "../results/measured.js";
import type { Found, Measured } from "../results/suite-result.js";
import type { AuditCell } from "./measure.js";
import type { Overloaded } from "./overload.js";

export interface AuditFound {
  readonly mode: "full" | "quick";
  readonly cells: readonly AuditCell[];
  readonly overloaded: Overloaded;
}

const US = 1000;

/** The findings as a table and measured targets. */
export function auditFound({ mode, cells, overloaded }: AuditFound): Found {
  return {
    mode,
    method: [
      "Every cell is measured once a round with a fresh log, the rounds one after the other; figures are medians over the rounds, the spread is the lowest and highest of them. `bare` is the same disk asked plainly, one record after the other: the limit of what one caller can get. `written` waits until the system has the record, `durable` until an fdatasync that began after it has ended. Records are the intent and the outcome of a call, 0.6 and 0.4 kB.",
    ],
    tables: [
      {
        id: "records",
        title: "Records, by how they are written and how many callers there are",
        words: "",
        columns: [
          { name: "records", unit: "rate", better: "higher" },
          { name: "wait, median", unit: "time", better: "lower" },
          { name: "wait, p99", unit: "time", better: "lower" },
          { name: "processor a record", unit: "time", better: "lower" },
        ],
        rows: cells.map(({ writer, callers, durability, recordsPerSecond, rates, wait, cpu }) => ({
          name: `${writer}, ${callers} ${callers === 1 ? "caller" : "callers"}`,
          kind: durability === undefined ? "limit" : "ours",
          cells: [
            { value: recordsPerSecond, ...rates },
            { value: wait.median * US },
            { value: wait.p99 * US },
            { value: cpu * US },
          ],
        })),
        plot: { kind: "bars", column: 0 },
      },
    ],
    measured: measuredOf(cells, overloaded),
  };
}

function measuredOf(cells: readonly AuditCell[], { refused, taken, found }: Overloaded): readonly Measured[] {
  const cell = (callers: number, is: (one: AuditCell) => boolean): AuditCell | undefined =>
    cells.find((one) => one.callers === callers && is(one));
  const many = cell(100, ({ durability }) => durability === "durable");
  const one = cell(1, ({ durability }) => durability === "durable");
  const limit = cell(1, ({ writer }) => writer === "bare write + fdatasync a record");
  const wait = one === undefined || limit === undefined ? undefined : one.wait.median - limit.wait.median;
  return [
    measured("audit.rate", many?.recordsPerSecond),
    measured("audit.wait", wait === undefined ? undefined : wait * US),
    measured(
      "audit.bounded",
      refused > 0 && found === taken ? 1 : 0,
      `${refused} refused, ${taken} taken, ${found} of these in the log`,
    ),
  ];
}
