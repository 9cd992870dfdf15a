import { access, constants, readFile, stat } from "node:fs/promises";
import { Fault, systemCode, systemWords } from "./fault.js";

/** What standard input is called in messages. */
export const STDIN = "<stdin>";
/** The most bytes that are read of one file; more than the compiler takes. */
const MAX_BYTES = 8 * 1024 * 1024;

/** The bytes of a file, or of standard input for `-`. Throws a {@link Fault} where they cannot be read. */
export async function readInput(file: string, max = MAX_BYTES): Promise<Uint8Array> {
  if (file === "-") return readStdin(max);
  await checkFile(file);
  try {
    return await readFile(file);
  } catch (error) {
    throw new Fault(`cannot read ${file}: ${systemWords(error)}`);
  }
}

/** Throws a {@link Fault} where a file is none that can be read. */
export async function checkFile(file: string): Promise<void> {
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

/** Standard input, read once, and not much further than `max`. */
async function readStdin(max: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    const input: AsyncIterable<Uint8Array> = process.stdin;
    for await (const bytes of input) {
      chunks.push(bytes);
      size += bytes.length;
      if (size > max) break;
    }
  } catch (error) {
    throw new Fault(`cannot read standard input: ${systemCode(error) ?? systemWords(error)}`);
  }
  return Buffer.concat(chunks);
}
