import type { TriedList } from "@writ/sandbox/bench";
import { escaped, type EscapeRow } from "@writ/sandbox/escape";
import { measured } from "../results/measured.js";
import type { Cell, Found, Table } from "../results/suite-result.js";

/** A backend, and what became of the list in it. */
export type Tried = { readonly name: string; readonly isolation: string } & TriedList;

type Ran = Extract<Tried, { rows: unknown }>;

/** The findings: a table of backends, the matrix of attacks, and what was not stopped. */
export function escapesFound(mode: "full" | "quick", tried: readonly Tried[]): Found {
  const ran = tried.filter((one): one is Ran => "rows" in one);
  const out = ran.flatMap(({ name, rows }) => escaped(rows).map((row) => ({ name, row })));
  return {
    mode,
    method: [
      "Each attack runs from inside of a sandbox of its own, in each language that the tier runs, against secrets, files, sockets and processes planted on the host for it. It is stopped where nothing of these got out and nothing was changed, where it ended as it must within its limit and one second, and where the next call was served. Before the list a plain program runs in each language: without that, everything would be stopped where nothing runs. The same list is tried without walls by the tests, where it must get out.",
      ...(mode === "quick" ? ["A quick run: in JavaScript alone."] : []),
    ],
    tables: [summary(ran), matrix(ran)].filter(({ rows }) => rows.length > 0),
    measured: [
      measured(
        "isolation.escapes",
        ran.length === 0 ? undefined : out.length,
        ran.length === 0
          ? "no tier holds on this machine"
          : [
              `${ran.reduce((sum, { rows }) => sum + rows.length, 0)} attacks run in ${ran.map(({ name }) => name).join(", ")}`,
              ...out.map(({ name, row }) => `${name}: ${row.id} in ${row.language}: ${row.happened}`),
            ].join("; "),
      ),
    ],
    gaps: tried.flatMap((one) =>
      "rows" in one
        ? []
        : [{ what: one.name, why: one.why, ...(one.remedy === undefined ? {} : { remedy: one.remedy }) }],
    ),
    notes: ran.flatMap(({ name, rows }) =>
      rows
        .filter(({ unclaimed }) => unclaimed !== undefined)
        .map(
          ({ id, language, unclaimed, held }) =>
            `${name} does not claim ${id} in ${language}${held ? ", which was stopped here" : ""}: ${unclaimed ?? ""}`,
        ),
    ),
  };
}

function summary(ran: readonly Ran[]): Table {
  return {
    id: "backends",
    title: "Attacks, by backend",
    words: "",
    columns: [
      { name: "run", unit: "count" },
      { name: "stopped", unit: "count", better: "higher" },
      { name: "not stopped, claimed", unit: "count", better: "lower" },
      { name: "not stopped, not claimed", unit: "count" },
    ],
    rows: ran.map(({ name, rows }) => {
      const held = rows.filter((row) => row.held).length;
      const claimed = escaped(rows).length;
      return {
        name,
        kind: "ours",
        cells: [rows.length, held, claimed, rows.length - held - claimed].map((value) => ({ value })),
      };
    }),
  };
}

/** One row an attack, one column a backend: stopped in how many languages of how many it was tried in. */
function matrix(ran: readonly Ran[]): Table {
  const attacks = new Map(ran.flatMap(({ rows }) => rows.map((row) => [row.id, row] as const)));
  return {
    id: "matrix",
    title: "The matrix: an attack a row",
    words:
      "Whether it was stopped, and in how many languages of how many it was tried in; empty where a backend has no such thing to attack.",
    columns: ran.map(({ name }) => ({ name, unit: "yes", better: "higher" }) as const),
    rows: [...attacks.values()].map(({ id, area, tries }) => ({
      name: `${area}: ${tries} (${id})`,
      kind: "ours",
      cells: ran.map(({ rows }) => cellOf(rows.filter((row) => row.id === id))),
    })),
  };
}

function cellOf(rows: readonly EscapeRow[]): Cell {
  if (rows.length === 0) return {};
  const held = rows.filter((row) => row.held).length;
  const open = rows.filter((row) => !row.held && row.unclaimed !== undefined).length;
  const words = `${held} of ${rows.length}`;
  return { value: held === rows.length ? 1 : 0, note: open > 0 ? `${words}, ${open} not claimed` : words };
}
