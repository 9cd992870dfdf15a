import type { IToken, TokenType } from "chevrotain";
import type { Comment } from "../syntax/lexer.js";
import { sign } from "../syntax/tokens.js";

/** A comment on a line of its own. */
export interface OwnComment {
  readonly text: string;
  /** Whether an empty line stands above it. */
  readonly blank: boolean;
}

/** A token with what stands around it. */
export interface Piece {
  readonly image: string;
  readonly type: TokenType;
  readonly start: number;
  readonly end: number;
  /** Comments between the token before and this one, but the one on the line of the token before. */
  own: readonly OwnComment[];
  /** The comment behind it on its line. */
  trailing: string | undefined;
  /** Whether an empty line stands directly above it, below its own comments. */
  blank: boolean;
  /** Whether the token before stands on another line. */
  readonly newline: boolean;
  /** From the start of its line, in UTF-16 units. */
  readonly column: number;
}

/** The tokens of a file, and one of no text at its end that holds the comments behind the last. */
export function piecesOf(text: string, tokens: readonly IToken[], comments: readonly Comment[]): Piece[] {
  const pieces: Piece[] = [];
  let next = 0;
  let before = 0; // where the last token or comment ended
  const lines = new LineEnds(text);
  const add = (token: Pick<IToken, "image" | "tokenType">, start: number): void => {
    const own: OwnComment[] = [];
    const last = pieces.at(-1);
    const from = last?.end ?? 0;
    for (let comment = comments[next]; comment !== undefined && comment.start < start; comment = comments[++next]) {
      const image = text.slice(comment.start, comment.end).trimEnd();
      const ends = lines.between(before, comment.start);
      if (last !== undefined && ends === 0) last.trailing = image;
      else own.push({ text: image, blank: ends > 1 });
      before = comment.end;
    }
    pieces.push({
      image: token.image,
      type: token.tokenType,
      start,
      end: start + token.image.length,
      own,
      trailing: undefined,
      blank: lines.between(before, start) > 1,
      newline: lines.between(from, start) > 0,
      column: lines.column(start),
    });
    before = start + token.image.length;
  };
  for (const token of tokens) add(token, token.startOffset);
  add({ image: "", tokenType: sign("}") }, text.length);
  return pieces;
}

/** Where lines end; found once, so that a file of one long line is no more work than another. */
class LineEnds {
  readonly #ends: readonly number[];

  constructor(text: string) {
    const ends: number[] = [];
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) ends.push(at);
    this.#ends = ends;
  }

  /** How many lines end from one offset to another, exclusive. */
  between(from: number, to: number): number {
    return this.#before(to) - this.#before(from);
  }

  /** How far an offset is from the start of its line. */
  column(offset: number): number {
    return offset - ((this.#ends[this.#before(offset) - 1] ?? -1) + 1);
  }

  #before(offset: number): number {
    let low = 0;
    let high = this.#ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ends[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
