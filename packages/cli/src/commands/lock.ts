import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LOCK_FILE } from "@writ/policy";
import type { Run } from "../command.js";
import { compileInput } from "../compile-input.js";
import { EXIT } from "../exit-codes.js";
import { Fault, systemCode, systemWords } from "../fault.js";
import { describeDiagnostics, jsonDiagnostics } from "../output/diagnostics.js";
import { writeJson } from "../output/json.js";
import { count, safe } from "../output/text.js";
import { STDIN } from "../read-input.js";
import { writeWhole } from "../write-whole.js";

/**
 * `writ lock FILE [--check]`. Writes `writ.lock.json` beside a policy: the digests of the policies it takes from
 * outside its folder, and the pins of its tools. A policy with errors of its own is not locked.
 */
export const run: Run = async (args, streams) => {
  const [file = ""] = args.files;
  const json = args.flag("json");
  const compiled = await compileInput(file);
  if (compiled.file === STDIN)
    throw new Fault("standard input has no folder for a lock file", "name the policy's file");
  const { lock, sources } = compiled.compilation;
  if (lock === undefined) {
    if (json) await writeJson(streams, "writ.lock/1", { ok: false, file, diagnostics: jsonDiagnostics(compiled) });
    else await streams.err(`${describeDiagnostics(compiled, false)}${safe(file)}: not locked\n`);
    return EXIT.policy;
  }
  const path = join(dirname(file), LOCK_FILE);
  const before = await existing(path);
  const same = before === lock;
  const outside = sources.filter((source) => source.outside).map(({ name, digest }) => ({ name, digest }));
  const isNeeded = outside.length > 0 || before !== undefined || lock.includes("sha256:");
  const check = args.flag("check");
  if (!check && !same && isNeeded) await writeWhole(path, lock);
  const ok = same || !isNeeded || !check;
  if (json) {
    await writeJson(streams, "writ.lock/1", { ok, file, lock: path, changed: !same && isNeeded, sources: outside });
  } else {
    const held = count(outside.length, "source");
    const said = !isNeeded
      ? "nothing to lock"
      : same
        ? `up to date (${held})`
        : check
          ? "out of date"
          : `locked ${held}`;
    await streams.out(`${safe(isNeeded ? path : file)}: ${said}\n`);
  }
  return ok ? EXIT.ok : EXIT.refused;
};

async function existing(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw new Fault(`cannot read ${path}: ${systemWords(error)}`);
  }
}
