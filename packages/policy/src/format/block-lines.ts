import type { Block, FieldRange, Range } from "./blocks.js";
import { columnAt, widest } from "./columns.js";
import { print, widthOf } from "./doc.js";
import type { Lines } from "./lines.js";
import type { Piece } from "./pieces.js";
import type { Runs } from "./runs.js";

/** Lines are broken where they would be longer. */
export const MAX_WIDTH = 120;
/** Longer calls of a test do not move the arrows of the others. */
const MAX_CALL = 100;
/** A test's call and what comes of it are read side by side, so they may be longer. */
const MAX_STATEMENT = 160;
const INDENT = 2;

/** Prints what stands between braces, an item a line, in columns. */
export class BlockPrinter {
  readonly #pieces: readonly Piece[];
  readonly #runs: Runs;
  readonly #lines: Lines;

  constructor(pieces: readonly Piece[], runs: Runs, lines: Lines) {
    this.#pieces = pieces;
    this.#runs = runs;
    this.#lines = lines;
  }

  print(block: Block): void {
    if (block.kind === "fields") this.#fields(block.items);
    else if (block.kind === "body") for (const item of block.items) this.#item(item, this.#broken(item));
    else this.#keywords(block.items);
  }

  /** The text of a run on one line; undefined where it cannot be on one. */
  flat(from: number, to: number): string | undefined {
    if (from >= to) return "";
    const doc = this.#runs.doc(from, to);
    return doc.width === Infinity ? undefined : print(doc, 0, 0, Infinity).join(" ");
  }

  #item({ from, to }: Range, lines: readonly string[]): void {
    const piece = this.#pieces[from];
    this.#lines.comments(piece?.own ?? [], INDENT);
    const [first = "", ...rest] = lines;
    this.#lines.add([" ".repeat(INDENT) + first, ...rest], piece?.blank ?? false, this.#pieces[to - 1]?.trailing);
  }

  #broken({ from, to }: Range): string[] {
    return print(this.#runs.doc(from, to), INDENT, INDENT, MAX_WIDTH);
  }

  /** `keyword  value`, the values in a column, and the arrows of calls in another. */
  #keywords(items: readonly Range[]): void {
    const values = items.map((item) => this.#valueOf(item));
    const words = items.map((item, i) => this.flat(item.from, values[i] ?? item.from) ?? "");
    const width = columnAt(
      widest(words.map(widthOf)) + 2,
      items.map((item, i) => this.#columnOf(item.from, values[i])),
    );
    const column = INDENT + width;
    const calls = items.map((item, i) => this.#call(item, values[i]));
    const arrow = columnAt(
      widest(calls.map((call) => (call === undefined ? 0 : widthOf(call.text)))) + 2,
      calls.flatMap((call) => (call === undefined ? [] : [call.found])),
    );
    for (const [i, item] of items.entries()) {
      const value = values[i];
      const call = calls[i];
      const word = (words[i] ?? "").padEnd(width);
      if (value === undefined) this.#item(item, this.#broken(item));
      else if (call !== undefined) {
        const head = `${word}${call.text}${" ".repeat(arrow - widthOf(call.text))}=> `;
        const outcome = this.#runs.doc(call.arrow + 1, item.to);
        const from = INDENT + widthOf(head);
        this.#item(
          item,
          prefixed(head, print(outcome, from, column, from + outcome.width <= MAX_STATEMENT ? Infinity : MAX_WIDTH)),
        );
      } else this.#item(item, prefixed(word, print(this.#runs.doc(value, item.to), column, column, MAX_WIDTH)));
    }
  }

  /** Where the value behind a keyword begins; undefined where a comment stands between. */
  #valueOf({ from, to }: Range): number | undefined {
    const value = this.#pieces[from]?.image === "on" ? from + 2 : from + 1;
    if (value >= to) return undefined;
    for (let at = from; at < value; at++) {
      if (this.#pieces[at]?.trailing !== undefined || (this.#pieces[at + 1]?.own.length ?? 0) > 0) return undefined;
    }
    return value;
  }

  #arrow(from: number, to: number): number | undefined {
    let depth = 0;
    for (let at = from; at < to; at++) {
      const image = this.#pieces[at]?.image;
      if (image === "(") depth += 1;
      else if (image === ")") depth -= 1;
      else if (image === "=>" && depth === 0) return at;
    }
    return undefined;
  }

  #call(
    { from, to }: Range,
    value: number | undefined,
  ): { text: string; arrow: number; found: number | undefined } | undefined {
    if (value === undefined || this.#pieces[from]?.image !== "call" || this.#runs.hasComments(value, to))
      return undefined;
    const arrow = this.#arrow(value, to);
    const flat = arrow === undefined ? undefined : this.flat(value, arrow);
    if (arrow === undefined || flat === undefined || widthOf(flat) > MAX_CALL) return undefined;
    return { text: flat, arrow, found: this.#columnOf(value, arrow) };
  }

  /** How far behind a token another stands in the source; undefined where that is on another line. */
  #columnOf(from: number, to: number | undefined): number | undefined {
    if (to === undefined) return undefined;
    for (let at = from + 1; at <= to; at++) if (this.#pieces[at]?.newline === true) return undefined;
    return (this.#pieces[to]?.column ?? 0) - (this.#pieces[from]?.column ?? 0);
  }

  /** `name:  type  labels`, without commas. */
  #fields(items: readonly FieldRange[]): void {
    const rows = items.map((item) => {
      if (this.#runs.hasComments(item.from, item.to)) return undefined;
      const cells = [
        [item.from, item.type],
        [item.type, item.labels],
        [item.labels, item.to],
      ].map(([from = 0, to = 0]) => this.flat(from, to) ?? "");
      return widthOf(cells.join("  ")) > MAX_WIDTH - 20 ? undefined : cells;
    });
    const laid = items.filter((_, i) => rows[i] !== undefined);
    const labelled = laid.filter((item) => item.labels < item.to);
    const names = columnAt(
      widest(rows.map((row) => widthOf(row?.[0] ?? ""))) + 2,
      laid.map((item) => this.#columnOf(item.from, item.type)),
    );
    const types =
      columnAt(
        names + widest(rows.map((row) => ((row?.[2] ?? "") === "" ? 0 : widthOf(row?.[1] ?? "")))) + 2,
        labelled.map((item) => this.#columnOf(item.from, item.labels)),
      ) - names;
    for (const [i, item] of items.entries()) {
      const [name = "", type = "", labels = ""] = rows[i] ?? [];
      if (rows[i] === undefined) this.#item(item, this.#broken(item));
      else this.#item(item, [`${name.padEnd(names)}${labels === "" ? type : `${type.padEnd(types)}${labels}`}`]);
    }
  }
}

function prefixed(prefix: string, [first = "", ...rest]: readonly string[]): string[] {
  return [prefix + first, ...rest];
}
