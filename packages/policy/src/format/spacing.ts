import { CLAUSE_WORDS, OPERATOR_WORDS } from "../syntax/tokens.js";
import type { Piece } from "./pieces.js";

/** Words before a value: a bracket or a minus behind them begins one. */
const BEFORE_VALUES = new Set(["to", "of", "error", "returns", "readers", "with", "network", "read", "write", "env"]);
const WORD = /^[A-Za-z_]/;

/** Whether a value can end in the token, so that what follows continues it: `f(`, `a[`, `a - b`. */
function endsValue(pieces: readonly Piece[], at: number): boolean {
  const image = pieces[at]?.image ?? "";
  if (image === ")" || image === "]" || image === "}") return true;
  if (/^["$0-9]/.test(image)) return true;
  if (!WORD.test(image)) return false;
  if (pieces[at - 1]?.image === "." || image === "true" || image === "false") return true;
  return !OPERATOR_WORDS.has(image) && !CLAUSE_WORDS.has(image) && !BEFORE_VALUES.has(image);
}

/** Whether the token is the `<` of `Text<500>`: comparisons do not chain, so `<` with `>` two behind it is no other. */
export function opensParameter(pieces: readonly Piece[], at: number): boolean {
  return pieces[at]?.image === "<" && pieces[at + 2]?.image === ">";
}

/** Whether a space stands between a token and the one before it. */
export function spaced(pieces: readonly Piece[], at: number): boolean {
  const a = pieces[at - 1]?.image ?? "";
  const b = pieces[at]?.image ?? "";
  if (a === "(" || a === "[" || a === "." || b === ")" || b === "]" || b === "." || b === "," || b === ":" || b === "?")
    return false;
  if (a === "{" && b === "}") return false;
  if (opensParameter(pieces, at) || opensParameter(pieces, at - 1)) return false;
  if (b === ">" && opensParameter(pieces, at - 2)) return false;
  if (a === "@") return !WORD.test(b);
  if (a === "-") return endsValue(pieces, at - 2);
  if (b === "(") {
    if (a === "has" && pieces[at - 2]?.image !== ".") return endsValue(pieces, at - 2);
    return !endsValue(pieces, at - 1);
  }
  if (b === "[") return !endsValue(pieces, at - 1);
  return true;
}
