import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./exec.mjs";
import { bin, nodeBinary } from "./places.mjs";
import { say } from "./say.mjs";

/** Makes a log of several files, an older checkpoint of it, and another log of as many records. */
const MAKE = `
import { copyFileSync } from "node:fs";
import { fileAudit } from "@writ/runtime/node";
const record = (n, word) => ({ type: "incident", at: 1_700_000_000_000 + n, code: "walk", message: word + " " + n });
for (const [folder, word] of [["audit", "first"], ["other", "other"]]) {
  for (let half = 0; half < 2; half += 1) {
    const log = await fileAudit(folder, { rotate: { bytes: 2000 } });
    for (let n = 0; n < 20; n += 1) await log.append(record(half * 20 + n, word), { durable: true });
    await log.close();
    if (half === 0) copyFileSync(folder + "/checkpoint", folder + ".early");
  }
}
`;

/**
 * Takes a log's folder and its public key to an empty folder that has nothing but the packed command, and does there
 * what an auditor does: verify it, prove a record and the growth since an older checkpoint, verify the proofs where the
 * log is not, and see that each kind of tampering is named.
 * @param {string} project where the packed packages are installed
 * @param {Record<string, string>} tarballs
 * @param {string} place an empty folder
 */
export async function auditorWalks(project, tarballs, place) {
  writeFileSync(join(project, "make-log.mjs"), MAKE);
  if (!(await expect(0, nodeBinary, ["make-log.mjs"], project))) return false;
  mkdirSync(place, { recursive: true });
  for (const name of ["audit", "other", "audit.early"])
    cpSync(join(project, name), join(place, name), { recursive: true });
  cpSync(join(place, "audit", "log.pub"), join(place, "key"));
  const { "@writ/cli": cli = "" } = tarballs;
  const manifest = { private: true, dependencies: { "@writ/cli": cli }, pnpm: { overrides: tarballs } };
  writeFileSync(join(place, "package.json"), JSON.stringify(manifest));
  if (!(await expect(0, bin("pnpm"), ["install", "--ignore-workspace", "--prefer-offline", "--prod"], place)))
    return false;
  const writ = join(place, "node_modules", ".bin", "writ");
  const alone = join(place, "alone");
  mkdirSync(alone);
  const steps = [
    { code: 0, says: "verified", args: ["audit", "verify", "audit", "--key", "key"] },
    { code: 0, says: "", args: ["audit", "prove", "audit", "7", "-o", "alone/7.tlog-proof"] },
    { code: 0, says: "", args: ["audit", "prove", "audit", "--since", "audit.early", "-o", "alone/growth"] },
  ];
  for (const { code, says, args } of steps) if (!(await expect(code, writ, args, place, says))) return false;
  cpSync(join(place, "key"), join(alone, "key"));
  cpSync(join(place, "audit.early"), join(alone, "early"));
  const proven = ["audit", "verify", "growth", "--key", "key", "--checkpoint", "early"];
  if (!(await expect(0, writ, ["audit", "verify", "7.tlog-proof", "--key", "key"], alone, "7 of the "))) return false;
  if (!(await expect(0, writ, proven, alone, "as they were"))) return false;
  for (const [name, tamper] of Object.entries(TAMPERINGS)) {
    const folder = join(place, name);
    cpSync(join(place, "audit"), folder, { recursive: true });
    tamper(folder, join(place, "other"));
    if (!(await expect(2, writ, ["audit", "verify", name, "--key", "key"], place, name))) return false;
  }
  return true;
}

/**
 * What may be done to a log, by the name under which it must be found.
 * @type {Record<string, (folder: string, other: string) => void>}
 */
const TAMPERINGS = {
  edited: (folder) => change(folder, 1, (lines) => lines.with(2, (lines[2] ?? "").replace("first", "fIrst"))),
  missing: (folder) => change(folder, 1, (lines) => lines.toSpliced(2, 1)),
  out_of_order: (folder) => change(folder, 1, (lines) => lines.with(2, lines[3] ?? "").with(3, lines[2] ?? "")),
  erased: (folder) => change(folder, 1, (lines) => lines.with(2, (lines[2] ?? "").slice(0, 64))),
  truncated: (folder) => change(folder, -1, (lines) => lines.toSpliced(-2, 1)),
  forked: (folder, other) => {
    for (const name of segments(other)) cpSync(join(other, name), join(folder, name));
  },
};

/**
 * @param {string} folder
 * @param {number} index
 * @param {(lines: string[]) => string[]} work
 */
function change(folder, index, work) {
  const path = join(folder, segments(folder).at(index) ?? "");
  writeFileSync(path, work(readFileSync(path, "utf8").split("\n")).join("\n"));
}

/** @param {string} folder */
function segments(folder) {
  const names = readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
  return names.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1));
}

/**
 * Runs a command, which must end with a code and say something; shows what it printed when it did not.
 * @param {number} code
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} cwd
 * @param {string} [says]
 */
async function expect(code, command, args, cwd, says = "") {
  /** @type {string[]} */
  const lines = [];
  const ended = await run(command, args, { cwd, onLine: (line) => lines.push(line) });
  if (ended === code && lines.join("\n").includes(says)) return true;
  say(`  an auditor's walk: ${args.join(" ")} ended with ${ended}, not ${code} and "${says}":`);
  for (const line of lines) say(`    ${line}`);
  return false;
}
