import type { Compiled } from "./compile-input.js";
import { Fault } from "./fault.js";

/** What became of one file of the command line: it was compiled, or could not be read. */
export type Input =
  | { readonly ok: true; readonly compiled: Compiled }
  | { readonly ok: false; readonly file: string; readonly fault: Fault };

/** Compiles the files one after the other; a file that cannot be read does not keep the others from being looked at. */
export async function* eachInput(files: readonly string[]): AsyncGenerator<Input> {
  if (files.filter((file) => file === "-").length > 1)
    throw new Fault("- stands for standard input, which can be read once");
  const { compileInput } = await import("./compile-input.js");
  for (const file of files) {
    try {
      yield { ok: true, compiled: await compileInput(file) };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      yield { ok: false, file, fault: error };
    }
  }
}
