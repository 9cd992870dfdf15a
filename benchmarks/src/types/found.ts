import { shareCell } from "../results/share-cell.js";
import type { Found, Gap, Row, Table } from "../results/suite-result.js";
import type { Comparison, Figure, Verdict } from "./comparison.js";

const VERDICTS: readonly Verdict[] = ["agrees", "stricter", "looser", "unseen"];
/** What ends the name of a figure of precision and recall. */
const SUFFIXES = [": recall", ": precision", ": found where there is none"] as const;

const METHOD: readonly string[] = [
  "Each row of a corpus that others labelled is read as a semantic type, and the reading is set beside the label. Agrees: the same. Stricter: refused, or unknown to a rule, where the label takes it; it refuses or asks more. Looser: taken, or read as harmless, where the label says otherwise; it would be a mistake. Unseen: the difference lies where the type reads nothing.",
  "The corpora are other people's and no part of this repository. Intervals are Wilson's, 95 %.",
];

/** What a run found, for reports; the examples stay in the terminal, since they are rows of a corpus. */
export function typesFound(comparisons: readonly Comparison[], gaps: readonly Gap[]): Found {
  const tables = [verdictTable(comparisons), lookedForTable(comparisons), otherTable(comparisons)];
  return {
    method: METHOD,
    inputs: Object.fromEntries(comparisons.map(({ corpus, rows }) => [corpus, rows])),
    tables: tables.filter(({ rows }) => rows.length > 0),
    gaps,
    notes: ["What a URL's host may be comes with the tables of Unicode in Node, and differs with its version."],
  };
}

function verdictTable(comparisons: readonly Comparison[]): Table {
  return {
    id: "verdicts",
    title: "Readings beside the labels of others",
    words: comparisons.map(({ corpus, question }) => `${corpus}. ${question}`).join(" "),
    columns: [
      { name: "rows", unit: "count" },
      ...VERDICTS.map((verdict) =>
        verdict === "looser"
          ? ({ name: verdict, unit: "share", better: "lower" } as const)
          : ({ name: verdict, unit: "share" } as const),
      ),
    ],
    rows: comparisons.map(({ corpus, rows, classes }) => ({
      name: corpus,
      kind: "ours",
      cells: [
        { value: rows },
        ...VERDICTS.map((verdict) => {
          const hits = classes.filter((one) => one.verdict === verdict).reduce((sum, { count }) => sum + count, 0);
          return hits === 0 && verdict === "unseen" ? {} : shareCell(hits, rows);
        }),
      ],
    })),
  };
}

function lookedForTable(comparisons: readonly Comparison[]): Table {
  const rows = comparisons.flatMap(({ corpus, figures }) =>
    figures.flatMap(({ name }): Row[] => {
      const what = name.endsWith(SUFFIXES[0]) ? name.slice(0, -SUFFIXES[0].length) : undefined;
      if (what === undefined) return [];
      const cells = SUFFIXES.map((suffix) => cellOf(figures.find((one) => one.name === `${what}${suffix}`)));
      return [{ name: `${corpus}: ${what}`, kind: "ours", cells }];
    }),
  );
  return {
    id: "looked-for",
    title: "Precision and recall",
    words: "",
    columns: [
      { name: "recall", unit: "share", better: "higher" },
      { name: "precision", unit: "share", better: "higher" },
      { name: "found where there is none", unit: "share", better: "lower" },
    ],
    rows,
  };
}

function otherTable(comparisons: readonly Comparison[]): Table {
  const rows = comparisons.flatMap(({ corpus, figures }) =>
    figures
      .filter(({ name }) => !SUFFIXES.some((suffix) => name.endsWith(suffix)) && !VERDICTS.some((one) => one === name))
      .map((one): Row => ({ name: `${corpus}: ${one.name}`, kind: "ours", cells: [cellOf(one)] })),
  );
  return {
    id: "others",
    title: "How much is read for sure",
    words: "",
    columns: [{ name: "share", unit: "share", better: "higher" }],
    rows,
  };
}

function cellOf(figure: Figure | undefined): Row["cells"][number] {
  return figure === undefined ? {} : shareCell(figure.hits, figure.of);
}
