import type { Row, Series, Table } from "../results/suite-result.js";
import { shown } from "../results/unit.js";
import { linearAxis, logAxis, type Axis } from "./axis.js";
import { escapeText } from "./escape.js";

const [WIDTH, HEIGHT] = [460, 300];
const [LEFT, RIGHT, TOP, BOTTOM] = [62, 14, 12, 40];
const COLOURS = 10;
const DASHES = ["", "7 3", "2 3", "9 3 2 3"];

/** A table as a figure of its own, where it asks for one and has something to show. */
export function plotOf(table: Table): string {
  if (table.plot === undefined) return "";
  return table.plot.kind === "lines" ? lines(table, table.plot.x, table.plot.xs) : bars(table, table.plot.column);
}

interface Line {
  readonly row: Row;
  readonly points: readonly (readonly [number, number])[];
}

function lines(table: Table, x: string, xs: readonly number[]): string {
  const unit = table.columns[0]?.unit ?? "count";
  const drawn = bestOfGroups(table.rows.map((row) => ({ row, points: pointsOf(row, xs) })));
  const ys = drawn.flatMap(({ points }) => points.map(([, y]) => y));
  if (ys.length === 0 || xs.length < 2) return "";
  const across = logAxis(xs, LEFT, WIDTH - RIGHT);
  const up = logAxis(ys, HEIGHT - BOTTOM, TOP);
  const paths = drawn.map((line, n) => {
    const at = line.points.map(([px, py]) => `${place(across.at(px))},${place(up.at(py))}`);
    const dots = at.map((point) => {
      const [cx, cy] = point.split(",");
      return `<circle cx="${cx}" cy="${cy}" r="${line.row.kind === "ours" ? 3.4 : 2.2}" ${paint(line.row, n, "fill")}/>`;
    });
    return `<polyline points="${at.join(" ")}" ${stroke(line.row, n)}/>${dots.join("")}`;
  });
  const legend = drawn.map(
    ({ row }, n) =>
      `<li><svg viewBox="0 0 30 8" aria-hidden="true"><path d="M0 4H30" ${stroke(row, n)}/></svg>${escapeText(row.name)}</li>`,
  );
  return figure(
    `${escapeText(table.title)}; both axes logarithmic${drawn.length < table.rows.length ? "; of each engine its best form" : ""}`,
    frame(
      table.title,
      [
        ...upTicks(up, (value) => shown(value, unit)),
        ...xs.map((value) => tick(across.at(value), value.toLocaleString("en"))),
        xTitle(x),
        ...paths,
      ],
      HEIGHT,
    ),
    `<ul class="legend">${legend.join("")}</ul>`,
  );
}

/** Of rows of one group the one that is lowest at the end; those of no group are all drawn. Ours comes last, on top. */
function bestOfGroups(all: readonly Line[]): readonly Line[] {
  const last = ({ points }: Line): number => points.at(-1)?.[1] ?? Infinity;
  const reach = ({ points }: Line): number => points.at(-1)?.[0] ?? 0;
  const better = (one: Line, other: Line): boolean =>
    reach(one) > reach(other) || (reach(one) === reach(other) && last(one) < last(other));
  return all
    .filter(({ points }) => points.length > 0)
    .filter(
      (one) =>
        !all.some((other) => other.row.group !== undefined && other.row.group === one.row.group && better(other, one)),
    )
    .toSorted((a, b) => Number(a.row.kind === "ours") - Number(b.row.kind === "ours"));
}

function pointsOf({ cells }: Row, xs: readonly number[]): Line["points"] {
  return xs.flatMap((x, n) => {
    const value = cells[n]?.value;
    return value === undefined || value <= 0 ? [] : [[x, value] as const];
  });
}

const BAR = 32;

function bars({ title, columns, rows }: Table, at: number): string {
  const column = columns[at];
  const drawn = rows.flatMap((row) => {
    const value = row.cells[at]?.value;
    return value === undefined || value <= 0 ? [] : [{ row, value }];
  });
  if (column === undefined || drawn.length < 2) return "";
  const axis = logAxis(
    drawn.map(({ value }) => value),
    6,
    WIDTH - 6,
  );
  const height = drawn.length * BAR + 26;
  const marks = axis.ticks.map(
    (value) =>
      `<path class="axis" d="M${place(axis.at(value))} 0V${height - 20}"/>${tick(axis.at(value), shown(value, column.unit), height - 6)}`,
  );
  const drawnBars = drawn
    .toSorted((a, b) => a.value - b.value)
    .map(({ row, value }, n) => {
      const width = Math.max(2, axis.at(value) - 6);
      return `<text class="name" x="6" y="${n * BAR + 13}">${escapeText(clip(row.name))}: ${escapeText(shown(value, column.unit))}</text><rect x="6" y="${n * BAR + 18}" width="${place(width)}" height="9" rx="2" class="bar-${row.kind}"/>`;
    });
  return figure(
    `${escapeText(title)}: ${escapeText(column.name)}; logarithmic`,
    frame(title, [...marks, ...drawnBars], height),
  );
}

/** A line from zero over something. */
export function seriesOf({ title, x, unit, points }: Series): string {
  if (points.length < 2) return "";
  const across = linearAxis(
    points.map(([px]) => px),
    LEFT,
    WIDTH - RIGHT,
  );
  const up = linearAxis(
    points.map(([, py]) => py),
    HEIGHT - BOTTOM,
    TOP,
  );
  const at = points.map(([px, py]) => `${place(across.at(px))},${place(up.at(py))}`).join(" ");
  return figure(
    escapeText(title),
    frame(
      title,
      [
        ...upTicks(up, (value) => shown(value, unit)),
        ...across.ticks.map((value) => tick(across.at(value), value.toLocaleString("en"))),
        xTitle(x),
        `<polyline points="${at}" class="ours-line"/>`,
      ],
      HEIGHT,
    ),
  );
}

function figure(caption: string, svg: string, after = ""): string {
  return `<figure>${svg}${after}<figcaption>${caption}</figcaption></figure>`;
}

function frame(title: string, parts: readonly string[], height: number): string {
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeText(title)}">${parts.join("")}</svg>`;
}

function upTicks({ at, ticks }: Axis, show: (value: number) => string): readonly string[] {
  return ticks.map((value) => {
    const y = place(at(value));
    return `<path class="axis" d="M${LEFT} ${y}H${WIDTH - RIGHT}"/><text x="${LEFT - 6}" y="${Number(y) + 4}" text-anchor="end">${escapeText(show(value))}</text>`;
  });
}

function tick(x: number, words: string, y = HEIGHT - BOTTOM + 16): string {
  const anchor = x < 20 ? "start" : x > WIDTH - 24 ? "end" : "middle";
  return `<text x="${place(x)}" y="${y}" text-anchor="${anchor}">${escapeText(words)}</text>`;
}

function xTitle(words: string): string {
  return `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${escapeText(words)}</text>`;
}

function stroke(row: Row, n: number): string {
  if (row.kind === "ours") return `class="ours-line"`;
  if (row.kind === "limit") return `class="limit-line"`;
  const dash = DASHES[Math.floor(n / COLOURS) % DASHES.length] ?? "";
  return `class="line" ${paint(row, n, "stroke")}${dash === "" ? "" : ` stroke-dasharray="${dash}"`}`;
}

function paint({ kind }: Row, n: number, what: "fill" | "stroke"): string {
  const colour = kind === "ours" ? "ours" : kind === "limit" ? "limit" : `c${n % COLOURS}`;
  return `style="${what}:var(--${colour})"`;
}

function place(value: number): string {
  return value.toFixed(1);
}

function clip(text: string): string {
  return text.length > 62 ? `${text.slice(0, 60)}…` : text;
}
