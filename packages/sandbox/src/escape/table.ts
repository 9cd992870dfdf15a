import type { EscapeRow } from "./attack.js";

/** The rows as a table of text: attack, language, expected, happened, and whether the wall held. */
export function escapeTable(title: string, rows: readonly EscapeRow[]): string {
  const lines = rows.map((row) => [mark(row), row.id, row.language, row.expected, clip(row.happened)]);
  const head = ["", "attack", "in", "expected", "happened"];
  const widths = head.map((_, i) => Math.max(...[head, ...lines].map((line) => line[i]?.length ?? 0)));
  const text = [head, ...lines].map((line) =>
    line
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const held = rows.filter((row) => row.held).length;
  const unclaimed = rows.filter((row) => !row.held && row.unclaimed !== undefined);
  return [
    `${title}: ${held} of ${rows.length} held`,
    ...text,
    ...unclaimed.map((row) => `not claimed: ${row.id} in ${row.language}: ${row.unclaimed}`),
  ].join("\n");
}

/** What the tier claims to stop and did not. */
export function escaped(rows: readonly EscapeRow[]): readonly EscapeRow[] {
  return rows.filter((row) => !row.held && row.unclaimed === undefined);
}

function mark(row: EscapeRow): string {
  if (row.held) return ".";
  return row.unclaimed === undefined ? "X" : "~";
}

function clip(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > 90 ? `${line.slice(0, 87)}...` : line;
}
