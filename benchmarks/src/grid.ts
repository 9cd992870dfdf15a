/** A table: the first row is its head, the first column names the rows. */
export type Grid = readonly (readonly string[])[];

/** A table for a terminal: the first column to the left, the others to the right. */
export function aligned(grid: Grid): string {
  const columns = Math.max(0, ...grid.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...grid.map((row) => (row[column] ?? "").length)),
  );
  return grid
    .map((row) =>
      widths
        .map((width, column) =>
          column === 0 ? (row[column] ?? "").padEnd(width) : (row[column] ?? "").padStart(width),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** The same as Markdown; columns of words stand to the left too. */
export function markdown(grid: Grid, words: readonly number[] = []): string {
  const [head = [], ...rows] = grid;
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    line(head),
    line(head.map((_, column) => (column === 0 || words.includes(column) ? "---" : "---:"))),
    ...rows.map(line),
  ].join("\n");
}

/** Nanoseconds in the unit that reads best. */
export function duration(ns: number): string {
  if (ns < 1000) return `${ns.toFixed(0)} ns`;
  if (ns < 1_000_000) return `${short(ns / 1000)} us`;
  return ns < 1_000_000_000 ? `${short(ns / 1_000_000)} ms` : `${short(ns / 1_000_000_000)} s`;
}

/** A number with two or three digits that say something. */
export function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
