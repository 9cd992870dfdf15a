import { randomUUID } from "node:crypto";
import { realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { Fault, systemCode, systemWords } from "./fault.js";

/**
 * Writes a file as a whole or not at all: a reader never finds half of it. A file that is there is replaced and keeps
 * its permissions; a symbolic link stays one, and what it leads to is replaced. Throws a {@link Fault} where it cannot.
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const { target, mode } = await existing(path);
  const draft = `${target}.${process.pid}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    await writeFile(draft, text, { flag: "wx", ...(mode === undefined ? {} : { mode }) });
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    const why = systemCode(error) === "ENOENT" ? "there is no such folder" : systemWords(error);
    throw new Fault(`cannot write ${path}: ${why}`);
  }
}

/** Where a path leads, and the permissions of what is there. */
async function existing(path: string): Promise<{ readonly target: string; readonly mode: number | undefined }> {
  try {
    const target = await realpath(path);
    return { target, mode: (await stat(target)).mode & 0o777 };
  } catch (error) {
    if (systemCode(error) === "ENOENT") return { target: path, mode: undefined };
    throw new Fault(`cannot write ${path}: ${systemWords(error)}`);
  }
}
