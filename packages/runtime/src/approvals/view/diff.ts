import type { ChangedLine } from "./part.js";
import { visible } from "./visible.js";

/** Lines that are compared one by one; where more differ, the whole is said to be replaced. */
const MAX_COMPARED = 600;
/** Lines that are shown, and unchanged ones around a change. */
const MAX_LINES = 200;
const AROUND = 2;
const MAX_LINE = 300;

export interface Change {
  readonly added: number;
  readonly removed: number;
  readonly lines: readonly ChangedLine[];
  readonly more: number;
}

type Line = readonly [sign: ChangedLine["sign"], text: string];

/** What becomes of the lines of a text, with what is unchanged around each change; bounded whatever the texts are. */
export function changeOf(before: string, after: string): Change {
  const [old, made] = [before.split("\n"), after.split("\n")];
  let start = 0;
  while (start < old.length && start < made.length && old[start] === made[start]) start += 1;
  let end = 0;
  const most = Math.min(old.length, made.length) - start;
  while (end < most && old[old.length - 1 - end] === made[made.length - 1 - end]) end += 1;
  const middle = compared(old.slice(start, old.length - end), made.slice(start, made.length - end));
  const all: Line[] = [
    ...old.slice(Math.max(0, start - AROUND), start).map((text): Line => [" ", text]),
    ...middle,
    ...old.slice(old.length - end, old.length - end + AROUND).map((text): Line => [" ", text]),
  ];
  const shown = all.filter((_, i) => all.slice(Math.max(0, i - AROUND), i + AROUND + 1).some(([sign]) => sign !== " "));
  const changed = (sign: string): number => middle.filter((line) => line[0] === sign).length;
  const lines = shown.slice(0, MAX_LINES);
  return {
    added: changed("+"),
    removed: changed("-"),
    lines: lines.map(([sign, text]) => ({ sign, text: lineText(text) })),
    more: shown.slice(MAX_LINES).filter(([sign]) => sign !== " ").length,
  };
}

/** The longest common subsequence, by the table; what is too long for it is replaced as a whole. */
function compared(old: readonly string[], made: readonly string[]): readonly Line[] {
  const gone = (lines: readonly string[]): Line[] => lines.map((text) => ["-", text]);
  const come = (lines: readonly string[]): Line[] => lines.map((text) => ["+", text]);
  if (old.length > MAX_COMPARED || made.length > MAX_COMPARED) return [...gone(old), ...come(made)];
  const width = made.length + 1;
  const table = new Uint16Array((old.length + 1) * width);
  const at = (i: number, j: number): number => table[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1)
    for (let j = made.length - 1; j >= 0; j -= 1)
      table[i * width + j] = old[i] === made[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const out: Line[] = [];
  let [i, j] = [0, 0];
  while (i < old.length && j < made.length) {
    const [a, b] = [old[i] ?? "", made[j] ?? ""];
    if (a === b) {
      out.push([" ", a]);
      i += 1;
      j += 1;
    } else if (at(i + 1, j) >= at(i, j + 1)) {
      out.push(["-", a]);
      i += 1;
    } else {
      out.push(["+", b]);
      j += 1;
    }
  }
  return [...out, ...gone(old.slice(i)), ...come(made.slice(j))];
}

/** A line in which an escape that was written is not taken for one that was made. */
function lineText(text: string): string {
  const shown = text.length > MAX_LINE ? text.slice(0, MAX_LINE).toWellFormed() : text;
  const escaped = visible(shown.replaceAll(String.raw`\u{`, String.raw`\\u{`));
  return text.length > MAX_LINE ? `${escaped}… (${text.length} characters)` : escaped;
}
