import { lstat, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Run } from "../command.js";
import { EXIT } from "../exit-codes.js";
import { Fault, systemCode, systemWords } from "../fault.js";
import { STARTER } from "../init/starter.js";
import { writeJson } from "../output/json.js";
import { safe } from "../output/text.js";

/** `writ init [DIR]`: a policy with tests to begin with. All of its files are written or none, and none over another. */
export const run: Run = async (args, streams) => {
  const folder = args.files[0] ?? ".";
  const paths = [...STARTER].map(([name, text]) => ({ path: join(folder, name), text }));
  for (const { path } of paths) if (await isThere(path)) throw taken(path);
  const written: string[] = [];
  try {
    await mkdir(folder, { recursive: true });
    for (const { path, text } of paths) {
      await writeFile(path, text, { flag: "wx" });
      written.push(path);
    }
  } catch (error) {
    for (const path of written) await rm(path, { force: true });
    throw systemCode(error) === "EEXIST"
      ? taken(folder)
      : new Fault(`cannot write to ${folder}: ${systemWords(error)}`);
  }
  if (args.flag("json")) await writeJson(streams, "writ.init/1", { ok: true, written });
  else {
    const [entry = ""] = written;
    await streams.out(`${written.map((path) => `wrote ${safe(path)}\n`).join("")}\nnext: writ test ${safe(entry)}\n`);
  }
  return EXIT.ok;
};

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw new Fault(`cannot write ${path}: ${systemWords(error)}`);
  }
}

function taken(path: string): Fault {
  return new Fault(`${path} is there already; nothing was written`, "name another folder: writ init FOLDER");
}
