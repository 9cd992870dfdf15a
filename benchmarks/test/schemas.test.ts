import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { begin, resultOf } from "../src/results/contribute.js";
import { readSuite } from "../src/results/read-result.js";
import { readRow } from "../src/schemas/rows.js";
import { schemasSuite } from "../src/schemas/suite.js";

// The real command, from its sources.
const HOOKS = join(import.meta.dirname, "../../packages/cli/test/support/source-hooks.mjs");
const folders: string[] = [];
beforeEach(() => {
  vi.stubEnv("NODE_OPTIONS", `--disable-warning=ExperimentalWarning --import ${pathToFileURL(HOOKS).href}`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await Promise.all(folders.splice(0).map(async (made) => rm(made, { recursive: true })));
});

const row = (calls: readonly object[]): object => ({
  id: "x",
  functions: [
    {
      name: "math.area",
      description: "The area.",
      parameters: {
        type: "dict",
        properties: {
          width: { type: "float", description: "how wide" },
          sides: { type: "tuple", items: { type: "integer" }, description: "sides" },
          type: { type: "string", description: "what kind" },
          more: { type: "any", description: "more" },
          record: { type: "dict", properties: { a: { type: "integer" } }, description: "a record" },
        },
        required: ["width"],
      },
    },
  ],
  ground_truth: calls,
});

test("Python's types become those of JSON Schema, and of values that will do the first is taken", () => {
  const { tools, calls } = readRow(
    row([
      { "math.area": { width: [2.5, 3], sides: [[1, 2]], type: ["", "plain"], more: [""], record: [{ a: [7, 8] }] } },
    ]),
    3,
  );
  expect(tools[0]).toMatchObject({
    name: "t3_math.area",
    parameters: {
      type: "object",
      properties: {
        width: { type: "number" },
        sides: { type: "array" },
        type: { type: "string" },
        more: { description: "more" },
      },
    },
  });
  expect(calls).toEqual([
    { tool: "t3_math.area", args: { width: 2.5, sides: [1, 2], type: "plain", record: { a: 7 } } },
  ]);
});

test("correct calls are read by what `writ import` declared; those that do not fit are refused, and so is what is made wrong", async () => {
  const said: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    said.push(String(text));
    return true;
  });
  const skipped = await schemasSuite([]);
  expect(skipped.gaps?.[0]?.why).toMatch(/^SKIPPED/);
  const folder = await mkdtemp(join(tmpdir(), "writ-schemas-"));
  folders.push(folder);
  const lines = [
    row([{ "math.area": { width: [2.5], more: [{ any: ["x"] }] } }, { "math.area": { width: [2] } }]),
    row([{ "math.area": { width: ["wide"] } }, { "math.area": { width: [1], colour: ["red"] } }]),
  ].map((one) => JSON.stringify(one));
  await writeFile(join(folder, "bfcl_dev.jsonl.gz"), gzipSync(lines.join("\n")));
  const found = await schemasSuite(["--data", folder]);
  const table = (id: string): unknown =>
    found.tables?.find((one) => one.id === id)?.rows.map(({ name, cells }) => [name, cells[0]?.value]);
  expect(table("calls")).toEqual([
    ["correct calls accepted", 0.5],
    ["arguments with a type of their own (not Json)", 0.8],
  ]);
  expect(table("wrong")).toEqual([
    ["an argument that is not declared", 1],
    ["a required argument left out", 1],
    ["a record in the place of an argument of another type", 1],
  ]);
  expect(table("refused")).toEqual([
    ["decimal: Decimal, given string", 1],
    ["unknown_field: no argument", 1],
  ]);
  expect(said.join("")).toContain('t1_math.area {"width":"wide"}');
  const result = JSON.stringify(resultOf("schemas", begin(), found));
  expect(result).not.toContain("wide");
  readSuite(JSON.parse(result), "schemas");
});
