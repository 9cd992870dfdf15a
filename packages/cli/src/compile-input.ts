import { dirname, join } from "node:path";
import { compile, memoryHost, type Compilation } from "@writ/policy";
import { compileFile } from "@writ/policy/node";
import { checkFile, readInput, STDIN } from "./read-input.js";

/** A policy named on the command line, compiled. */
export interface Compiled {
  /** As it was given; `<stdin>` for standard input. */
  readonly file: string;
  readonly compilation: Compilation;
  /** The path, from where the command was run, of a source that the compiler names by its place beside the entry. */
  readonly path: (source: string) => string;
}

/** Compiles one file. Throws a `Fault` where it cannot be read; what is wrong in it is in the compilation. */
export async function compileInput(file: string): Promise<Compiled> {
  if (file === "-") {
    const text = await readInput(file);
    return { file: STDIN, compilation: await compile(STDIN, memoryHost({ [STDIN]: text })), path: (source) => source };
  }
  await checkFile(file);
  const folder = dirname(file);
  return {
    file,
    compilation: await compileFile(file),
    path: (source) => (source.startsWith("std.") ? source : join(folder, source)),
  };
}
