/** Text from files and logs made safe for a terminal: control, direction and invisible characters are shown as `\u{…}`. */
export function safe(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** `1 record`, `2 records`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** Rows as columns: every cell but the last is as wide as the widest of its column. `indent` spaces stand before each. */
export function columns(rows: readonly (readonly string[])[], indent = 0): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.slice(0, -1).entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  const line = (row: readonly string[]): string =>
    row.map((cell, index) => (index < row.length - 1 ? cell.padEnd(widths[index] ?? 0) : cell)).join("  ");
  return rows.map((row) => `${" ".repeat(indent)}${line(row)}`.trimEnd()).join("\n");
}

export type Tone = "good" | "bad" | "warning" | "strong" | "faint";

const CODES: Readonly<Record<Tone, string>> = { good: "32", bad: "31", warning: "33", strong: "1", faint: "2" };

/** Paints with ANSI colours, or not at all. */
export type Paint = (tone: Tone, text: string) => string;

export function painter(color: boolean): Paint {
  return (tone, text) => (color && text !== "" ? `\u001B[${CODES[tone]}m${text}\u001B[0m` : text);
}
