import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root, workspaceFolders } from "./places.mjs";
import { say } from "./say.mjs";
import { test } from "./test.mjs";

const USUAL = 200_000;

/**
 * Runs every property that reads WRIT_RUNS (a package's test/runs.ts) with as many inputs as the first argument says,
 * two hundred thousand where it says nothing; further arguments name some of their files. Other tests in these files run, too.
 * @param {readonly string[]} args
 */
export async function fuzz(args) {
  const [first = ""] = args;
  const counted = /^[1-9]\d{0,8}$/.test(first);
  const runs = counted ? Number(first) : USUAL;
  const wanted = counted ? args.slice(1) : args;
  const files = propertyFiles().filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)));
  if (files.length === 0) {
    say(`no property matches ${wanted.join(" ")}; known: ${propertyFiles().join(", ")}`);
    return 2;
  }
  say(`fuzz: ${runs} inputs a property (a tenth for slow ones) in ${files.length} files`);
  process.env.WRIT_RUNS = String(runs);
  // However long it takes: nobody waits for it but who asked.
  return await test(["--testTimeout=0", ...files]);
}

/** Test files that take the number of their inputs from `runs.ts`, relative to the root. */
function propertyFiles() {
  return workspaceFolders().flatMap((folder) => {
    const tests = join(root, folder, "test");
    try {
      return readdirSync(tests, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".test.ts") && /\/runs\.js"/.test(readFileSync(join(tests, name), "utf8")))
        .toSorted()
        .map((name) => `${folder}/test/${name.replaceAll("\\", "/")}`);
    } catch {
      return []; // a member without tests
    }
  });
}
