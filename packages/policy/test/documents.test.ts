import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { compile, memoryHost } from "../src/index.js";

const root = join(import.meta.dirname, "../../..");
const SKIPPED = new Set(["node_modules", "dist", ".git", ".turbo", ".workshop", ".writ", "out"]);

function* documents(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (SKIPPED.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* documents(path);
    else if (entry.name.endsWith(".md")) yield path;
  }
}

/** Whole policies in documents; fragments, which do not begin with a header, are not compiled. */
const policies = [...documents(root)].flatMap((path) =>
  [...readFileSync(path, "utf8").matchAll(/^```policy\n([\s\S]*?)^```/gm)].flatMap((match, i) => {
    const text = match[1] ?? "";
    return text.startsWith("policy ") ? [{ name: `${relative(root, path)} #${i + 1}`, text }] : [];
  }),
);

describe("policies in documents", () => {
  it("are found", () => {
    expect(policies.length).toBeGreaterThan(1);
  });

  it.each(policies)("$name compiles", async ({ text }) => {
    const { diagnostics } = await compile("document.policy", memoryHost({ "document.policy": text }));
    expect(diagnostics.filter((one) => one.severity === "error").map((one) => one.message)).toEqual([]);
  });
});
