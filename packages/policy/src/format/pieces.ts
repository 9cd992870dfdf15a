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
  let lineStart = 0;
  let scanned = 0;
  const columnOf = (offset: number): number => {
    for (let at = text.indexOf("\n", scanned); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) {
      lineStart = at + 1;
      scanned = at + 1;
    }
    return offset - lineStart;
  };
  const add = (token: Pick<IToken, "image" | "tokenType">, start: number): void => {
    const own: OwnComment[] = [];
    const last = pieces.at(-1);
    const from = last?.end ?? 0;
    for (let comment = comments[next]; comment !== undefined && comment.start < start; comment = comments[++next]) {
      const image = text.slice(comment.start, comment.end).trimEnd();
      const lines = newlines(text, before, comment.start);
      if (last !== undefined && lines === 0) last.trailing = image;
      else own.push({ text: image, blank: lines > 1 });
      before = comment.end;
    }
    pieces.push({
      image: token.image,
      type: token.tokenType,
      start,
      end: start + token.image.length,
      own,
      trailing: undefined,
      blank: newlines(text, before, start) > 1,
      newline: newlines(text, from, start) > 0,
      column: columnOf(start),
    });
    before = start + token.image.length;
  };
  for (const token of tokens) add(token, token.startOffset);
  add({ image: "", tokenType: sign("}") }, text.length);
  return pieces;
}

function newlines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf("\n", from); at !== -1 && at < to; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}
