import { join } from "node:path";
import { markdown, type Grid } from "../grid.js";
import { suiteTitle } from "../html/titles.js";
import { limitsLine } from "../machine-limits.js";
import { machineLine } from "../machine.js";
import { behind } from "../results/behind.js";
import { spreadText, cellText } from "../results/cell-text.js";
import type { RunResult } from "../results/run-result.js";
import type { SuiteResult, Table } from "../results/suite-result.js";
import { shown } from "../results/unit.js";
import { limitWords, standings, tally, type Standing } from "../targets/standing.js";

const ROOT = join(import.meta.dirname, "..", "..", "..");

/** The page that is committed, and the figures that it was made of. */
export const PUBLISHED = {
  page: join(ROOT, "docs", "benchmarks.md"),
  figures: join(ROOT, "benchmarks", "published.json"),
} as const;

/** `docs/benchmarks.md`: method, machine, targets, figures, where something else does better, and how to repeat it. */
export function docsPage({ suites }: RunResult): string {
  const all = standings(suites);
  const counts = tally(all);
  return `# Benchmarks

<!-- Made by \`npm run generate\` from benchmarks/published.json, which \`npm run bench -- report --docs\` keeps. Change nothing here. -->

What Writ costs and what it stops, measured by one command on one machine, beside what else there is. No test asserts a
time. A machine that does other things makes figures too high; ratios within one run suffer least. \`npm run bench\` makes
the same on yours, with plots, in \`benchmarks/out/report.html\`; [benchmarks/README.md](../benchmarks/README.md) says what each suite does.

${machineLines(suites)}

## Targets

Each was set before it was measured. ${counts.met} are met, ${counts["NOT MET"]} are not met, ${counts["not measured"]} were not measured, which counts as not met.

${markdown(targetGrid(all), [3, 4])}

${suites.map(section).join("\n\n")}

## Where something else does better

${losses(suites)}

## How to repeat it

\`\`\`console
npm run bench                              # all suites but the soak: 40 minutes on two idle cores
npm run bench -- --quick                   # a look only, much shorter
npm run bench -- decision guard            # suites by name
npm run bench -- report --compare old.json # the report of what was run last, beside an older one
npm run bench -- report --docs             # this page
\`\`\`
`;
}

function machineLines(suites: readonly SuiteResult[]): string {
  const lines = Map.groupBy(suites, ({ machine }) => machineLine({ ...machine, load: 0 }).replace(/; load.*/, ""));
  if (lines.size === 0) return "No suite was run.";
  const began = suites.map((suite) => suite.began).toSorted();
  const loads = suites.map(({ machine }) => machine.load);
  const limits = [...lines].flatMap(([line, on]) => {
    const words = limitsLine(on.map(({ machine }) => machine.limits));
    return words === undefined ? [] : [`\n\n${lines.size === 1 ? "" : `${line}: `}${words}.`];
  });
  return `Measured on ${began[0]?.slice(0, 10) ?? ""}: ${[...lines.keys()].join("; and ")}; load before each suite ${Math.min(...loads)} to ${Math.max(...loads)}.${limits.join("")}`;
}

function targetGrid(all: readonly Standing[]): Grid {
  return [
    ["target", "measured", "limit", "", "how"],
    ...all.map(({ target, value, verdict, note }) => [
      `${target.area}: ${plain(target.words)}`,
      value === undefined ? "" : shown(value, target.unit),
      limitWords(target),
      verdict,
      plain(value === undefined ? (note ?? target.how) : note === undefined ? target.how : `${target.how}; ${note}`),
    ]),
  ];
}

function section({ suite, mode, method, versions, tables, gaps, notes }: SuiteResult): string {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `## ${suiteTitle(suite)}`,
    ...(mode === "quick" ? ["A quick run: few repetitions, for a look only."] : []),
    ...method,
    ...(named.length === 0 ? [] : [`Versions: ${named.join(", ")}.`]),
    ...tables.map(
      (table) =>
        `### ${table.title}\n\n${table.words === "" ? "" : `${plain(table.words)}\n\n`}${markdown(tableGrid(table))}`,
    ),
    ...(gaps.length === 0
      ? []
      : [
          `### Not measured, and why\n\n${gaps.map(({ what, why, remedy }) => `- ${plain(what)}: ${plain(why)}${remedy === undefined ? "" : `. To have it: \`${remedy}\``}`).join("\n")}`,
        ]),
    ...(notes.length === 0 ? [] : [notes.map((line) => `- ${plain(line.split("\n")[0] ?? "")}`).join("\n")]),
  ].join("\n\n");
}

function tableGrid({ columns, rows }: Table): Grid {
  return [
    ["", ...columns.map(({ name }) => plain(name))],
    ...rows.map(({ name, kind, cells }) => [
      kind === "ours" ? `**${plain(name)}**` : plain(name),
      ...columns.map((column, n) => {
        const cell = cells[n];
        const spread = cell === undefined ? undefined : spreadText(cell, column);
        return plain(cellText(cell, column)) + (spread === undefined ? "" : ` [${spread}]`);
      }),
    ]),
  ];
}

function losses(suites: readonly SuiteResult[]): string {
  const all = behind(suites);
  if (all.length === 0) return "Nowhere in these tables.";
  return markdown([
    ["peer", "table", "column", "times better"],
    ...all.map(({ peer, table, column, times }) => [plain(peer), plain(table), plain(column), shown(times, "times")]),
  ]);
}

/** A text within a row of a table of Markdown: on one line, and no sign of its own tables or tags. */
function plain(text: string): string {
  return text
    .replaceAll(/\s+/g, " ")
    .replaceAll("|", String.raw`\|`)
    .replaceAll("<", "&lt;");
}
