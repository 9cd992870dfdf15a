import { existsSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..");

/** What an import of an entry reads at once: sources by their path below `src`, packages of others by name. */
async function readAtOnce(name: string, entry: string): Promise<readonly string[]> {
  const folder = `packages/${name}/src/`;
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [`${folder}${entry}`],
    bundle: true,
    splitting: true,
    format: "esm",
    packages: "external",
    outdir: "unwritten",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  const read = new Set<string>();
  const visit = (file: string): void => {
    if (read.has(file)) return;
    read.add(file);
    for (const { path, kind } of metafile.inputs[file]?.imports ?? []) if (kind === "import-statement") visit(path);
  };
  visit(`${folder}${entry}`);
  return [...read].map((file) => file.replace(folder, ""));
}

test("importing the runtime reads neither what few policies use nor a package of others", async () => {
  const read = await readAtOnce("runtime", "index.ts");
  expect(read).toContain("create-guard.ts");
  expect(read.filter((file) => !file.endsWith(".ts")).toSorted()).toEqual(["@writ/ir"]);
  const late = [
    "guard.ts",
    "call/call.ts",
    "enforce/read-bundle.ts",
    "evaluate/decide.ts",
    "flow/session-memory.ts",
    "detect/box.ts",
    "approvals/desk.ts",
    "explain/explain-call.ts",
    "delegation/delegate.ts",
  ];
  for (const file of late) {
    expect(existsSync(join(root, "packages/runtime/src", file))).toBe(true);
    expect(read).not.toContain(file);
  }
});

test.each([
  ["index.ts", "canonical.ts"],
  ["decode/index.ts", "generated/bundle.ts"],
  ["values/index.ts", "values/read.ts"],
])("importing %s of the contract reads no parser and no package of others", async (entry, part) => {
  const read = await readAtOnce("ir", entry);
  expect(read).toContain(part);
  expect(read.filter((file) => !file.endsWith(".ts"))).toEqual([]);
  for (const late of ["values/command/find-in.ts", "values/sql/reader.ts"]) expect(read).not.toContain(late);
  if (entry !== "decode/index.ts") expect(read).not.toContain("generated/bundle.ts");
});
