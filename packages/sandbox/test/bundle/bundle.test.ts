import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleModule } from "../../src/bundle.js";
import { module } from "../../src/tools.js";
import { holding, value } from "../wasm/run.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "writ-bundle-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Writes files beside each other and gives a tool of the first. */
async function tool(files: Readonly<Record<string, string>>, name: string, options = {}) {
  const home = await mkdtemp(join(folder, "tool-"));
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(home, file)), { recursive: true });
    await writeFile(join(home, file), text);
  }
  return module(pathToFileURL(join(home, Object.keys(files)[0] ?? "")), name, options);
}

test("a module with what it imports becomes one, which runs in wasm", async () => {
  const made = await tool(
    {
      "tool.ts": `import { twice } from "./lib.js"; import kept from "kept"; import data from "./data.json" with { type: "json" };
        enum Kind { A = 3 } export async function main(args: { n: number }) { return [twice(args.n), kept(1), data.a, Kind.A]; }
        export function other() { return "left out"; }`,
      "lib.ts": "export const twice = (n: number): number => n * 2;",
      "data.json": '{"a":"json"}',
      "node_modules/kept/package.json": '{"name":"kept","main":"index.js"}',
      "node_modules/kept/index.js": "module.exports = (n) => n + 1;",
    },
    "main",
  );
  const { source, digest, export: name } = await bundleModule(made);
  expect(await value({ kind: "module", source, export: name }, { args: { n: 4 } })).toEqual([8, 2, "json", 3]);
  expect(source).not.toContain("left out");
  expect(source).not.toContain(folder);
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect((await bundleModule(made)).digest).toBe(digest);
});

test("a default export, and one whose name is no identifier", async () => {
  const made = await tool(
    { "a.js": "export default () => 'd'; const x = () => 'x'; export { x as 'my tool' };" },
    "default",
  );
  const { source } = await bundleModule(made);
  expect(await value({ kind: "module", source, export: "default" })).toBe("d");
  const odd = await bundleModule({ ...made, export: "my tool" });
  expect(await value({ kind: "module", source: odd.source, export: "my tool" })).toBe("x");
});

test("its code is never run in the host", async () => {
  const made = await tool({ "a.js": "globalThis.writRan = true; export const main = () => { throw 1 };" }, "main");
  await bundleModule(made);
  expect(Reflect.has(globalThis, "writRan")).toBe(false);
});

test.each([
  [
    "a module of Node",
    "import { readFile } from 'node:fs/promises'; export const main = () => readFile",
    "imports node:fs/promises",
  ],
  ["a module of Node without node:", "import fs from 'fs'; export const main = () => fs", "imports node:fs, "],
  [
    "a require of one",
    "const cp = require('child_process'); export const main = () => cp",
    "imports node:child_process",
  ],
  ["a missing export", "export const other = 1", 'No matching export in "a.js" for import "main"'],
  ["a missing file", "import './gone.js'; export const main = 1", 'Could not resolve "./gone.js" (a.js:1:8)'],
  ["a missing package", "import 'no-such-package'; export const main = 1", "no-such-package"],
  ["a syntax error", "export const main = (", "a.js:1:"],
  ["an addon", "import './a.node'; export const main = 1", "a.node"],
  ["a URL", "import 'https://example.com/a.js'; export const main = 1", "https://example.com/a.js"],
])("%s is told with its name and place", async (_, source, why) => {
  const made = await tool({ "a.js": source, "a.node": "" }, "main");
  await expect(bundleModule(made)).rejects.toMatchObject({ code: "bad_module", message: holding(why) });
});

test("a file that is not there is told", async () => {
  await expect(bundleModule(module(pathToFileURL(join(folder, "none.js")), "main"))).rejects.toMatchObject({
    code: "bad_module",
  });
});

test("a tool that cannot be in wasm may import modules of Node", async () => {
  const source =
    "import { posix } from 'path'; const os = require('os'); export const main = () => posix.sep + typeof os.cpus";
  const made = await tool({ "a.js": source }, "main", { in: ["process"] });
  const bundle = await bundleModule(made);
  const file = join(folder, "bundle.mjs");
  await writeFile(file, bundle.source);
  const loaded = (await import(pathToFileURL(file).href)) as { main: () => unknown };
  expect(loaded.main()).toBe("/function");
});
