import { shellParser } from "./engine.js";
import { fromCursor, type ShellNode } from "./tree.js";

/** Calls of the parser's progress callback, one for a hundred or so of its operations; a bound that no clock decides. */
const MAX_STEPS = 5_000;

/*
 * The grammar is ambiguous where a pipeline, a here-document or a `case` goes on: the parser keeps every reading, and
 * time and memory grow with the square of how many follow each other (8,000 characters of `a|` took six seconds).
 * These counts over the raw text, quoted or not, keep the worst that was found under half a second.
 */
const AT_MOST: readonly (readonly [RegExp, number])[] = [
  [/\|/g, 800],
  [/<</g, 200],
  [/\bcase\b/g, 100],
  [/\(/g, 5_000],
  [/\)\s*\{/g, 200],
];

/** The last net, in milliseconds, below the counts: a text that no count foresaw is not understood, and so dynamic. */
const PATIENCE = 750;

function tooAmbiguous(text: string): boolean {
  return AT_MOST.some(([pattern, most]) => (text.match(pattern)?.length ?? 0) > most);
}

/** Why a shell text has no tree: the parser is not loaded, the tree is too big or too deep, or the parser failed. */
export type NoTree = "not_loaded" | "too_big" | "failed";

/** The tree of a shell text, as plain objects. Syntax errors are nodes of the tree. */
export function parseShell(text: string): ShellNode | NoTree {
  const parser = shellParser();
  if (parser === undefined) return "not_loaded";
  if (tooAmbiguous(text)) return "too_big";
  try {
    parser.reset();
    let steps = 0;
    const until = performance.now() + PATIENCE;
    const tree = parser.parse(text, null, {
      // Recovering from errors takes the parser quadratic time and gigabytes, and a text with one is not believed anyway.
      progressCallback: (state) => {
        steps += 1;
        return state.hasError || steps > MAX_STEPS || performance.now() > until;
      },
    });
    if (tree === null) return "failed";
    try {
      return fromCursor(tree.walk()) ?? "too_big";
    } finally {
      tree.delete();
    }
  } catch {
    return "failed";
  }
}
