import type { Parser } from "web-tree-sitter";
import type { Found } from "./found.js";

/** The bytes of the two WebAssembly modules: `web-tree-sitter/web-tree-sitter.wasm`, `tree-sitter-bash/tree-sitter-bash.wasm`. */
export interface CommandParserBytes {
  readonly runtime: Uint8Array;
  readonly grammar: Uint8Array;
}

let parser: Parser | undefined;
let reader: ((text: string) => Found) | undefined;
let loading: Promise<void> | undefined;

/**
 * Loads the shell grammar once, so that reading a `Command` stays synchronous. Node finds the two modules in its
 * packages; any other host (a browser, a bundle) hands over their bytes before it loads a policy with a `Command`.
 */
export async function loadCommandParser(bytes?: CommandParserBytes): Promise<void> {
  loading ??= load(bytes).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  await loading;
}

async function load(bytes: CommandParserBytes | undefined): Promise<void> {
  // What reads a command is half as much code as a guard without one needs: it comes with the grammar.
  const [library, { findIn }] = await Promise.all([import("web-tree-sitter"), import("./find-in.js")]);
  // Emscripten takes any typed array here and its own declaration asks for a plain buffer.
  await library.Parser.init(bytes === undefined ? {} : { wasmBinary: bytes.runtime.slice().buffer });
  const language = await library.Language.load(bytes?.grammar ?? installedGrammar());
  const fresh = new library.Parser();
  fresh.setLanguage(language);
  parser = fresh;
  reader = findIn;
}

/** The path of the grammar among the installed packages, which web-tree-sitter reads itself. */
function installedGrammar(): string {
  const { pathname } = new URL(import.meta.resolve("tree-sitter-bash/tree-sitter-bash.wasm"));
  // A file URL of Windows has a slash before its drive letter.
  return decodeURIComponent(pathname).replace(/^\/(?=[A-Za-z]:)/, "");
}

/** Whether {@link loadCommandParser} has finished. */
export function commandParserLoaded(): boolean {
  return parser !== undefined;
}

/** The parser, once {@link loadCommandParser} has finished. */
export function shellParser(): Parser | undefined {
  return parser;
}

/** What a shell text runs; undefined before {@link loadCommandParser} has finished. */
export function foundIn(text: string): Found | undefined {
  return reader?.(text);
}
