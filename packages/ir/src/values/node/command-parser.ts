import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { loadCommandParser } from "../command/engine.js";

/** Loads the shell grammar for `Command` from the installed packages (two files, 1.6 MB). */
export async function loadCommandParserFromPackages(): Promise<void> {
  const [runtime, grammar] = await Promise.all([
    readFile(fileURLToPath(import.meta.resolve("web-tree-sitter/web-tree-sitter.wasm"))),
    readFile(fileURLToPath(import.meta.resolve("tree-sitter-bash/tree-sitter-bash.wasm"))),
  ]);
  await loadCommandParser({ runtime: new Uint8Array(runtime), grammar: new Uint8Array(grammar) });
}
