import type { Parser } from "web-tree-sitter";
import { fromCursor, type ShellNode } from "./tree.js";

/** The bytes of the two WebAssembly modules: `web-tree-sitter/web-tree-sitter.wasm`, `tree-sitter-bash/tree-sitter-bash.wasm`. */
export interface CommandParserBytes {
  readonly runtime: Uint8Array;
  readonly grammar: Uint8Array;
}

let parser: Parser | undefined;
let loading: Promise<void> | undefined;

/**
 * Loads the shell grammar once, so that reading a `Command` stays synchronous. The host hands over the bytes: a
 * browser fetches them, Node reads them from its packages (`loadCommandParserFromPackages` in `values/node`).
 */
export async function loadCommandParser(bytes: CommandParserBytes): Promise<void> {
  loading ??= load(bytes).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  await loading;
}

async function load(bytes: CommandParserBytes): Promise<void> {
  const library = await import("web-tree-sitter");
  // Emscripten takes any typed array here and its own declaration asks for a plain buffer.
  await library.Parser.init({ wasmBinary: bytes.runtime.slice().buffer });
  const language = await library.Language.load(bytes.grammar);
  const fresh = new library.Parser();
  fresh.setLanguage(language);
  parser = fresh;
}

/** Whether {@link loadCommandParser} has finished. */
export function commandParserLoaded(): boolean {
  return parser !== undefined;
}

/** Why a shell text has no tree: the parser is not loaded, the tree is too big or too deep, or the parser failed. */
export type NoTree = "not_loaded" | "too_big" | "failed";

/** The tree of a shell text, as plain objects. Syntax errors are nodes of the tree. */
export function parseShell(text: string): ShellNode | NoTree {
  if (parser === undefined) return "not_loaded";
  try {
    parser.reset();
    const tree = parser.parse(text);
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
