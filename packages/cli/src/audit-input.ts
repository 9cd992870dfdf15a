import { open, stat } from "node:fs/promises";
import { Fault, systemCode, systemWords } from "./fault.js";

/** A verifier key, `<name>+<8 hexadecimal digits>+<base64>` (C2SP signed-note). */
const VERIFIER_KEY = /^[^\s+]{1,256}\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{44}$/;

const SMALL_FILE = 64 * 1024;

/** Throws a {@link Fault} where there is no folder. */
export async function checkFolder(folder: string): Promise<void> {
  if (!(await isFolder(folder)))
    throw new Fault(`${folder} is no folder`, "give the folder that the guard's fileAudit(...) was given");
}

/** Whether a path leads to a folder; throws a {@link Fault} where it leads nowhere. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    const why = systemCode(error) === "ENOENT" ? "there is no such folder" : systemWords(error);
    throw new Fault(`cannot read ${path}: ${why}`);
  }
}

/** A log's public key, given as text or as the name of a file that holds it. */
export async function readKey(given: string): Promise<string> {
  if (VERIFIER_KEY.test(given)) return given;
  const text = (await readText("--key", given)).trim();
  if (!VERIFIER_KEY.test(text))
    throw new Fault(`${given} holds no public key of a log`, "a key looks like the text in log.pub: name+id+base64");
  return text;
}

/** The text of a small file, read no further than it may be long. */
export async function readText(option: string, path: string, most = SMALL_FILE): Promise<string> {
  const what = option === "" ? path : `${option} ${path}`;
  try {
    const file = await open(path, "r");
    try {
      if (!(await file.stat()).isFile()) throw new Fault(`${what} is no file`);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(most + 1), 0, most + 1, 0);
      if (bytesRead > most) throw new Fault(`${what} is too large for what it should be`);
      return buffer.toString("utf8", 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault(`cannot read ${what}: ${systemWords(error)}`);
  }
}

/** A record's number, as it is written on a command line. */
export function readNumber(text: string): number {
  const number = Number(text);
  if (/^[0-9]{1,16}$/.test(text) && Number.isSafeInteger(number)) return number;
  throw new Fault(`${text} is no record's number`, "records are numbered from 0; their number is the seq in the log");
}
