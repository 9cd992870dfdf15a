import { limitsLine } from "../machine-limits.js";
import { machineLine } from "../machine.js";
import { behind } from "../results/behind.js";
import { ratioText, type Comparison } from "../results/compare.js";
import type { RunResult } from "../results/run-result.js";
import type { SuiteResult } from "../results/suite-result.js";
import { shown } from "../results/unit.js";
import { standings, tally } from "../targets/standing.js";
import { escapeText } from "./escape.js";
import { badge, suitePart, targetTable } from "./parts.js";
import { STYLE } from "./style.js";
import { suiteTitle } from "./titles.js";

/** The report as one file: no script, and nothing that it would have to fetch. */
export function htmlReport(run: RunResult, compared?: Comparison): string {
  const { suites } = run;
  const all = standings(suites);
  const counts = tally(all);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Writ: benchmarks</title><style>${STYLE}</style></head><body>
<header><h1>Writ: benchmarks</h1>
${machines(suites)}
<div class="tally"><div>${badge("met")}<b>${counts.met}</b></div><div>${badge("NOT MET")}<b>${counts["NOT MET"]}</b></div><div>${badge("not measured")}<b>${counts["not measured"]}</b></div></div>
<p class="words">Every target there is stands in the table below, beside what this run measured. What was not measured is not counted as met.</p>
<nav><ul><li><a href="#targets">Targets</a></li>${suites.map(({ suite }) => `<li><a href="#${escapeText(suite)}">${escapeText(suiteTitle(suite))}</a></li>`).join("")}<li><a href="#behind">Where something else does better</a></li><li><a href="#repeat">How to repeat it</a></li></ul></nav></header>
<section id="targets"><h2>Targets</h2>${targetTable(all)}</section>
${compared === undefined ? "" : comparison(compared)}
${suites.map((suite) => suitePart(suite, suiteTitle(suite.suite))).join("\n")}
${losses(suites)}
<section id="repeat"><h2>How to repeat it</h2><pre><code>npm run bench                      # all suites but the soak: 40 minutes on two idle cores
npm run bench -- --quick           # a look only, much shorter
npm run bench -- decision guard    # suites by name
npm run bench -- report            # this report, of what was run last
npm run bench -- report --compare old.json</code></pre>
<p>Figures are of one machine. What else it does is in them; ratios within one run suffer least.</p></section>
</body></html>
`;
}

/** The machines that suites ran on: one line where it is one machine, whatever its load was. */
function machines(suites: readonly SuiteResult[]): string {
  const lines = Map.groupBy(suites, ({ machine }) => machineLine({ ...machine, load: 0 }).replace(/; load.*/, ""));
  if (lines.size === 0) return `<p class="words">No suite was run.</p>`;
  return [...lines]
    .map(([line, on]) => {
      const loads = on.map(({ machine }) => machine.load);
      const load = `load before each suite ${Math.min(...loads)} to ${Math.max(...loads)}`;
      const began = on.map((suite) => suite.began).toSorted();
      const limits = limitsLine(on.map(({ machine }) => machine.limits));
      return `<p class="words">${escapeText(`${line}; ${load}. ${on.map(({ suite }) => suite).join(", ")}: ${began[0] ?? ""}`)}</p>${limits === undefined ? "" : `<p class="words">${escapeText(`${limits}.`)}</p>`}`;
    })
    .join("");
}

function losses(suites: readonly SuiteResult[]): string {
  const all = behind(suites);
  if (all.length === 0)
    return `<section id="behind"><h2>Where something else does better</h2><p>Nowhere in the tables of this run.</p></section>`;
  const rows = all.map(
    ({ suite, table, column, peer, times }) =>
      `<tr><th scope="row">${escapeText(peer)}</th><td>${escapeText(suite)}</td><td>${escapeText(table)}</td><td>${escapeText(column)}</td><td>${shown(times, "times")}</td></tr>`,
  );
  return `<section id="behind"><h2>Where something else does better</h2><p class="words">Every figure in which a peer does better than Writ, and how many times. In the guard's table peers decide and record less, or nothing.</p><div class="scroll"><table><thead><tr><th>peer</th><th>suite</th><th>table</th><th>column</th><th>times better</th></tr></thead><tbody>${rows.join("")}</tbody></table></div></section>`;
}

function comparison({ changes, warnings, gone, fresh }: Comparison): string {
  const within = changes.filter(({ verdict }) => verdict === "within").length;
  const rows = changes.map(
    (change) =>
      `<tr><th scope="row">${escapeText(`${change.suite}, ${change.table}: ${change.row}`)}</th><td>${escapeText(change.column.name)}</td><td>${shown(change.before.value, change.column.unit)}</td><td>${shown(change.now.value, change.column.unit)}</td><td>${ratioText(change)}</td><td>${change.verdict === "within" ? "within the spread" : change.verdict}</td></tr>`,
  );
  return `<section id="compared"><h2>Compared with an older run</h2>${warnings.map((line) => `<p class="missed badge">${escapeText(line)}</p>`).join("")}
<p>${changes.length} figures compared, ${within} within the spread; ${gone} are gone, ${fresh} are new.</p>
<details><summary>All of them</summary><div class="scroll"><table><thead><tr><th>figure</th><th>column</th><th>old</th><th>new</th><th>ratio</th><th></th></tr></thead><tbody>${rows.join("")}</tbody></table></div></details></section>`;
}
