import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writ } from "./support/writ.js";

const root = join(import.meta.dirname, "../../..");
const suites = join(root, "examples/policies");
const files = readdirSync(suites, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".policy"));

describe("the policies of examples/policies", () => {
  test("are three suites", () => {
    expect(new Set(files.map((name) => name.split(/[\\/]/)[0])).size).toBe(3);
  });

  test.each(files)("%s: checks without a warning, is laid out, and passes its tests", async (name) => {
    const cwd = suites;
    expect(await writ(["check", "--deny", "warnings", name], { cwd })).toMatchObject({ code: 0, err: "" });
    expect(await writ(["fmt", "--check", name], { cwd })).toMatchObject({ code: 0, err: "" });
    const ran = JSON.parse((await writ(["test", "--coverage", "--json", name], { cwd })).out) as {
      failed: number;
      files: { coverage?: { rules?: readonly { id: string; touched?: boolean }[] } }[];
    };
    expect(ran.failed).toBe(0);
  });
});
