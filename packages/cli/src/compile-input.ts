import { access, constants, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { compile, memoryHost, type Compilation } from "@writ/policy";
import { compileFile } from "@writ/policy/node";
import { Fault, systemCode, systemWords } from "./fault.js";

/** A policy named on the command line, compiled. */
export interface Compiled {
  /** As it was given; `<stdin>` for standard input. */
  readonly file: string;
  readonly compilation: Compilation;
  /** The path, from where the command was run, of a source that the compiler names by its place beside the entry. */
  readonly path: (source: string) => string;
}

const STDIN = "<stdin>";
const MAX_STDIN = 8 * 1024 * 1024;

/** Compiles one file. Throws a {@link Fault} where it cannot be read; what is wrong in it is in the compilation. */
export async function compileInput(file: string): Promise<Compiled> {
  if (file === "-") {
    const text = await readStdin();
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

async function checkFile(file: string): Promise<void> {
  try {
    const found = await stat(file);
    if (found.isDirectory()) throw new Fault(`cannot read ${file}: it is a folder`, "name the .policy files in it");
    if (!found.isFile()) throw new Fault(`cannot read ${file}: it is no regular file`, "use - to read standard input");
    await access(file, constants.R_OK);
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault(`cannot read ${file}: ${systemWords(error)}`);
  }
}

/** Standard input, read once, and no further than the compiler would. */
async function readStdin(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    const input: AsyncIterable<Uint8Array> = process.stdin;
    for await (const bytes of input) {
      chunks.push(bytes);
      size += bytes.length;
      if (size > MAX_STDIN) break;
    }
  } catch (error) {
    throw new Fault(`cannot read standard input: ${systemCode(error) ?? systemWords(error)}`);
  }
  return Buffer.concat(chunks);
}
