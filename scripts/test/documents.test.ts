import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const SKIPPED = new Set(["node_modules", "dist", ".git", ".turbo", ".workshop", ".writ", ".changeset", "out"]);

function* documents(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (SKIPPED.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* documents(path);
    else if (entry.name.endsWith(".md")) yield path;
  }
}

const files = [...documents(root)].map((path) => ({
  path,
  name: relative(root, path),
  text: readFileSync(path, "utf8"),
}));

describe("documents", () => {
  it("there are the ones a newcomer looks for", () => {
    const names = files.map((file) => file.name);
    for (const wanted of [
      "README.md",
      "ARCHITECTURE.md",
      "CONTRIBUTING.md",
      "SECURITY.md",
      "LIMITATIONS.md",
      "THREAT-MODEL.md",
    ])
      expect(names).toContain(wanted);
  });

  it.each(files)("$name: every relative link leads somewhere", ({ path, text }) => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map((match) => match[1] ?? "")
      .filter((link) => !/^(?:[a-z]+:|#)/.test(link));
    const broken = links.filter((link) => !existsSync(join(dirname(path), link.split("#")[0] ?? "")));
    expect(broken).toEqual([]);
  });
});

describe.each(["SECURITY.md", "THREAT-MODEL.md"])("%s (lesson 20)", (document) => {
  const rows = readFileSync(join(root, document), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| ") && line.includes("`"));

  it("has a test for every claim", () => {
    expect(rows.length).toBeGreaterThan(8);
  });

  it.each(rows.map((row) => ({ claim: row.split("|")[1]?.trim() ?? "", tests: row.split("|").at(-2) ?? "" })))(
    "$claim",
    ({ tests }) => {
      const named = [...tests.matchAll(/`([^`]+)`(?: "([^"]+)")?/g)];
      expect(named.length).toBeGreaterThan(0);
      for (const [, path = "", block] of named) {
        const at = join(root, path);
        expect(existsSync(at)).toBe(true);
        if (statSync(at).isDirectory())
          expect(readdirSync(at, { recursive: true }).join(" ")).toMatch(/\.test\.ts|decisions\.json/);
        else if (block !== undefined) expect(readFileSync(at, "utf8")).toContain(`describe("${block}`);
      }
    },
  );
});
