import { spreadText } from "../results/cell-text.js";
import type { Cell, Column, SuiteResult, Table } from "../results/suite-result.js";
import { shown } from "../results/unit.js";
import { limitWords, type Standing, type Verdict } from "../targets/standing.js";
import { escapeText, escapeWords } from "./escape.js";
import { plotOf, seriesOf } from "./plot.js";

const BADGES: Readonly<Record<Verdict, string>> = {
  met: "met",
  "NOT MET": "missed",
  "not measured": "unmeasured",
};

export function badge(verdict: Verdict): string {
  return `<span class="badge ${BADGES[verdict]}">${verdict}</span>`;
}

/** Every target beside what was measured, by area. */
export function targetTable(all: readonly Standing[]): string {
  const areas = [...Map.groupBy(all, ({ target }) => target.area)];
  const bodies = areas.map(
    ([area, standings]) =>
      `<tbody><tr><th colspan="4" scope="rowgroup">${escapeText(area)}</th></tr>${standings.map(targetRow).join("")}</tbody>`,
  );
  return `<div class="scroll"><table class="targets"><thead><tr><th>target</th><th>measured</th><th>limit</th><th></th></tr></thead>${bodies.join("")}</table></div>`;
}

function targetRow({ target, value, verdict, note }: Standing): string {
  const how = value === undefined ? (note ?? target.how) : note === undefined ? target.how : `${target.how}; ${note}`;
  return `<tr><td>${escapeWords(target.words)}<span class="how">${escapeWords(how)}</span></td><td>${value === undefined ? "–" : escapeText(shown(value, target.unit))}</td><td>${escapeText(limitWords(target))}</td><td>${badge(verdict)}</td></tr>`;
}

/** One suite: how it was measured, its plots and tables, what could not be measured, and what else is to be said. */
export function suitePart(result: SuiteResult, title: string): string {
  const { suite, method, tables, series, gaps, notes, versions, inputs, seconds, mode } = result;
  const lines = series.map(seriesOf).join("");
  return `<section id="${escapeText(suite)}"><h2>${escapeText(title)}</h2>
${method.map((words) => `<p>${escapeWords(words)}</p>`).join("")}
<p class="soft small">${escapeText(`${mode === "quick" ? "Quick run" : "Full run"}, ${Math.round(seconds)} s, began ${result.began}.`)}${listed("Versions", versions)}</p>
${tables.map(tablePart).join("\n")}
${lines === "" ? "" : `<div class="plots">${lines}</div>`}
${gapList(gaps)}${noteList(notes)}${inputList(inputs)}</section>`;
}

function listed(title: string, record: Readonly<Record<string, string | number>>): string {
  const entries = Object.entries(record);
  return entries.length === 0
    ? ""
    : escapeText(` ${title}: ${entries.map(([name, value]) => `${name} ${value}`).join(", ")}.`);
}

function tablePart(table: Table): string {
  const { title, words, columns, rows } = table;
  const plot = plotOf(table);
  const head = columns.map(({ name }) => `<th scope="col">${escapeText(name)}</th>`).join("");
  const body = rows.map(
    ({ name, kind, cells }) =>
      `<tr class="${kind}"><th scope="row">${escapeText(name)}</th>${columns.map((column, n) => `<td>${cellPart(cells[n], column)}</td>`).join("")}</tr>`,
  );
  return `<h3>${escapeText(title)}</h3>${words === "" ? "" : `<p class="words">${escapeWords(words)}</p>`}${plot === "" ? "" : `<div class="plots">${plot}</div>`}
<div class="scroll"><table><thead><tr><th></th>${head}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}

function cellPart(cell: Cell | undefined, column: Column): string {
  if (cell === undefined) return "";
  const note = cell.note === undefined ? "" : `<span class="why">${escapeText(cell.note)}</span>`;
  if (cell.value === undefined) return note;
  const spread = spreadText(cell, column);
  return `${escapeText(shown(cell.value, column.unit))}${spread === undefined ? "" : `<span class="spread">${escapeText(spread)}</span>`}${note === "" ? "" : ` ${note}`}`;
}

function gapList(gaps: SuiteResult["gaps"]): string {
  if (gaps.length === 0) return "";
  const items = gaps.map(
    ({ what, why, remedy }) =>
      `<li><b>${escapeText(what)}</b>: ${escapeWords(why)}${remedy === undefined ? "" : `<br>To have it: <code>${escapeText(remedy)}</code>`}</li>`,
  );
  return `<h3>Not measured, and why</h3><ul class="plain">${items.join("")}</ul>`;
}

function noteList(notes: readonly string[]): string {
  return notes.length === 0
    ? ""
    : `<h3>Notes</h3><ul class="plain notes">${notes.map((line) => `<li>${escapeWords(line.trim())}</li>`).join("")}</ul>`;
}

function inputList(inputs: SuiteResult["inputs"]): string {
  const rows = Object.entries(inputs).map(
    ([name, value]) => `<li><code>${escapeText(`${name}: ${value}`)}</code></li>`,
  );
  return rows.length === 0
    ? ""
    : `<details><summary>What it ran on</summary><ul class="plain small">${rows.join("")}</ul></details>`;
}
