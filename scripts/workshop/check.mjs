import { join } from "node:path";
import { checkManifests } from "../lint/manifests.mjs";
import { run } from "./exec.mjs";
import { generatedIsCurrent } from "./generated.mjs";
import { packedPackagesAreSound } from "./packed.mjs";
import { bin, root } from "./places.mjs";
import { say } from "./say.mjs";
import { test } from "./test.mjs";

/**
 * Everything a reviewer would run, in order; the build has happened before. Each gives an exit code.
 * `writ/arrows`, file length and type escapes are lint rules: see .oxlintrc.json.
 * @type {readonly { name: string, what: string, run: () => Promise<number> }[]}
 */
const steps = [
  { name: "types", what: "tests and scripts type-check", run: () => run(bin("tsc"), ["-b", "tsconfig.test.json"]) },
  { name: "lint", what: "rules with types, arrows, file length, type escapes", run: () => run(bin("oxlint"), []) },
  { name: "format", what: "formatting", run: () => run(bin("oxfmt"), ["--check"]) },
  { name: "manifests", what: "every package.json obeys the arrows", run: manifests },
  { name: "generated", what: "generated files are up to date", run: generatedIsCurrent },
  { name: "packed", what: "publint and attw on the packed packages, installed alone", run: packedPackagesAreSound },
  { name: "test", what: "all tests", run: () => test([]) },
];

/**
 * Runs all steps, or those named in the arguments, and lists at the end which failed.
 * @param {readonly string[]} names
 */
export async function check(names) {
  const unknown = names.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) {
    say(`unknown step ${unknown.join(", ")}; known: ${steps.map((step) => step.name).join(", ")}`);
    return 2;
  }
  const failed = [];
  for (const step of steps.filter(({ name }) => names.length === 0 || names.includes(name))) {
    say(`check ${step.name}: ${step.what}`);
    const started = Date.now();
    const code = await step.run();
    say(`check ${step.name}: ${code === 0 ? "ok" : "FAILED"} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    if (code !== 0) failed.push(step.name);
  }
  say(failed.length === 0 ? "check: everything is clean" : `check: failed: ${failed.join(", ")}`);
  return failed.length === 0 ? 0 : 1;
}

async function manifests() {
  const problems = checkManifests(join(root));
  for (const problem of problems) say(`  ${problem}`);
  return problems.length === 0 ? 0 : 1;
}
