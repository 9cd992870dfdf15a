import { comment, concat, fill, group, indent, line, softline, text, type Doc } from "./doc.js";
import type { Piece } from "./pieces.js";
import { spaced } from "./spacing.js";

const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };
const space = text(" ");
const nothing = text("");

/** Tokens from one index to another (exclusive) that stand on one line where they fit. */
export class Runs {
  readonly #pieces: readonly Piece[];
  /** Tokens with a space before them whatever the rules say, by index. */
  readonly #spaces: ReadonlySet<number>;

  constructor(pieces: readonly Piece[], spaces: ReadonlySet<number> = new Set()) {
    this.#pieces = pieces;
    this.#spaces = spaces;
  }

  /** Comments above the first token and behind the last are the caller's. */
  doc(from: number, to: number): Doc {
    return this.#list(from, to, from, to, fill);
  }

  /** The same for a declaration without a block, whose later lines are indented where they go on with `and` or `or`. */
  declaration(from: number, to: number): Doc {
    const operators = this.#split(from, to, "or").length + this.#split(from, to, "and").length;
    return operators === 0 ? this.doc(from, to) : indent(this.doc(from, to));
  }

  /** Whether a comment stands among the tokens; above the first and behind the last do not count. */
  hasComments(from: number, to: number): boolean {
    for (let at = from; at < to; at++) {
      if (at > from && (this.#pieces[at]?.own.length ?? 0) > 0) return true;
      if (at < to - 1 && this.#pieces[at]?.trailing !== undefined) return true;
    }
    return false;
  }

  #image(at: number): string {
    return this.#pieces[at]?.image ?? "";
  }

  #piece(at: number, first: number, end: number): Doc {
    const piece = this.#pieces[at];
    if (piece === undefined) return nothing;
    const own = at === first ? [] : piece.own.map((one) => comment(one.text, true));
    const trailing = piece.trailing === undefined || at === end - 1 ? [] : [comment(piece.trailing, false)];
    return own.length + trailing.length === 0 ? text(piece.image) : concat([...own, text(piece.image), ...trailing]);
  }

  /** The index of the bracket that closes the one at an index. */
  #close(at: number): number {
    let depth = 0;
    for (let i = at; i < this.#pieces.length; i++) {
      const image = this.#image(i);
      if (CLOSING[image] !== undefined) depth += 1;
      else if ((image === ")" || image === "]" || image === "}") && --depth === 0) return i;
    }
    return this.#pieces.length - 1;
  }

  /** Indices of the tokens of a word or sign that stand in no brackets. */
  #split(from: number, to: number, image: string): number[] {
    const found: number[] = [];
    for (let at = from; at < to; at++) {
      if (CLOSING[this.#image(at)] !== undefined) at = this.#close(at);
      else if (this.#image(at) === image && this.#isOperator(at)) found.push(at);
    }
    return found;
  }

  /** `and`, after a dot or before a colon, is a name. */
  #isOperator(at: number): boolean {
    return (
      this.#image(at) === "," ||
      (this.#image(at - 1) !== "." && this.#image(at + 1) !== ":" && this.#image(at + 1) !== ",")
    );
  }

  #list(from: number, to: number, first: number, end: number, join: (items: readonly Doc[]) => Doc): Doc {
    const commas = this.#split(from, to, ",");
    const items: Doc[] = [];
    let start = from;
    for (const at of commas) {
      items.push(concat([this.#operators(start, at, first, end, "or"), this.#piece(at, first, end)]));
      start = at + 1;
    }
    if (start < to) items.push(this.#operators(start, to, first, end, "or"));
    const [only] = items;
    return items.length === 1 && only !== undefined ? only : join(items);
  }

  #operators(from: number, to: number, first: number, end: number, word: "or" | "and"): Doc {
    const at = this.#split(from, to, word).filter((here) => here > from && here < to - 1);
    const part = (start: number, stop: number): Doc =>
      word === "or" ? this.#operators(start, stop, first, end, "and") : this.#sequence(start, stop, first, end);
    if (at.length === 0) return part(from, to);
    const docs: Doc[] = [part(from, at[0] ?? to)];
    for (const [index, here] of at.entries())
      docs.push(line, this.#piece(here, first, end), space, part(here + 1, at[index + 1] ?? to));
    return group(concat(docs));
  }

  #sequence(from: number, to: number, first: number, end: number): Doc {
    const docs: Doc[] = [];
    for (let at = from; at < to; at++) {
      if (at > from && (this.#spaces.has(at) || spaced(this.#pieces, at))) docs.push(space);
      const close = CLOSING[this.#image(at)] === undefined ? at : Math.min(this.#close(at), to - 1);
      if (close === at) docs.push(this.#piece(at, first, end));
      else {
        docs.push(this.#bracket(at, close, first, end));
        at = close;
      }
    }
    return docs.length === 1 ? (docs[0] ?? nothing) : concat(docs);
  }

  #bracket(open: number, close: number, first: number, end: number): Doc {
    const image = this.#image(open);
    const edge = image === "{" ? line : softline;
    const opening = this.#piece(open, first, end);
    const closing = this.#piece(close, first, close + 1);
    // A comment behind the bracket does not break what is in it.
    const { trailing } = this.#pieces[close] ?? {};
    const behind = trailing === undefined || close === end - 1 ? [] : [comment(trailing, false)];
    if (close === open + 1) return concat([opening, closing, ...behind]);
    const broken = (items: readonly Doc[]): Doc =>
      concat(items.flatMap((item, index) => (index === 0 ? [item] : [line, item])));
    const inner = this.#list(open + 1, close, first, end, image === "[" ? fill : broken);
    const bracket = group(concat([opening, indent(concat([edge, inner])), edge, closing]));
    return behind.length === 0 ? bracket : concat([bracket, ...behind]);
  }
}
