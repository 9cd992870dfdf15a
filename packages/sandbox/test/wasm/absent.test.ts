import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { holding } from "./run.js";
import { afterAll, beforeAll, expect, test } from "vitest";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "writ-absent-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("lesson 14: without its engine wasm is not there, and the reason and the remedy are told", async () => {
  await mkdir(join(folder, "a/b/c"), { recursive: true });
  await cp(here("../../guest"), join(folder, "guest"), { recursive: true });
  const host = join(folder, "a/b/c/host.mjs");
  await build({
    stdin: {
      contents: `
        import { sandboxes } from "../../src/sandboxes.js";
        const sandbox = sandboxes({ tools: { t: { kind: "code", language: "javascript", argument: "p", in: ["wasm"] } } });
        const [proof] = await sandbox.prove(["wasm"]);
        const tier = { name: "low", isolate: "wasm", network: [], read: [], write: [], env: [] };
        console.log(JSON.stringify([proof, sandbox.place("t", tier)]));
        await sandbox.close();`,
      resolveDir: here("."),
    },
    bundle: true,
    platform: "node",
    format: "esm",
    banner: { js: 'import { createRequire as $r } from "node:module"; const require = $r(import.meta.url);' },
    external: ["esbuild"],
    // Not what this is about, and it brings native code along.
    alias: { dockerode: "node:events" },
    outfile: host,
  });
  const { stdout } = await promisify(execFile)(process.execPath, [host]);
  const [proof, place] = JSON.parse(stdout) as [unknown, unknown];
  const refused = { ok: false, why: holding("Cannot find"), remedy: "npm install quickjs-wasi" };
  expect(proof).toMatchObject({ isolation: "wasm", ...refused });
  expect(place).toMatchObject(refused);
});
