import { readdirSync, readFileSync } from "node:fs";
import { BUNDLE_BOUNDS, canonicalize, copyJson } from "@writ/ir";
import { compile, memoryHost } from "@writ/policy";
import { describe, expect, it } from "vitest";
import { caseNames } from "../src/suites/evaluator-case.js";

const folder = new URL("../../../spec/cases/", import.meta.url);

describe("spec/cases, compiled by this compiler", () => {
  const topics = new Map<string, string[]>();
  for (const name of caseNames(folder)) {
    const [topic = ""] = name.split("/");
    topics.set(topic, [...(topics.get(topic) ?? []), name]);
  }

  it.each([...topics])(
    "%s: the same source gives the same bytes, and their digest is the bundle's",
    async (_, names) => {
      for (const name of names) {
        const place = new URL(`${name}/`, folder);
        const files = readdirSync(place).filter((file) => file.endsWith(".policy"));
        const { bundle, digest } = await compile(
          "input.policy",
          memoryHost(Object.fromEntries(files.map((file) => [file, readFileSync(new URL(file, place), "utf8")]))),
        );
        const bytes = readFileSync(new URL("bundle.json", place));
        const plain = copyJson(bundle, BUNDLE_BOUNDS);
        expect({ name, same: plain.ok && bytes.toString("utf8") === canonicalize(plain.value) }).toEqual({
          name,
          same: true,
        });
        const hashed = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
        expect({ name, digest }).toEqual({ name, digest: `sha256:${Buffer.from(hashed).toString("hex")}` });
      }
    },
  );
});

describe("spec/language.md", () => {
  const text = readFileSync(new URL("../../../spec/language.md", import.meta.url), "utf8");
  const blocks = [...text.matchAll(/^```policy (std\.\w+)\n([^]*?)^```/gm)];

  it("holds the standard library to the byte, as bundles digest it", async () => {
    const uses = blocks.map(([, name = ""]) => `use ${name}`).join("\n");
    const { bundle } = await compile(
      "input.policy",
      memoryHost({ "input.policy": `policy t\n${uses}\ntool t () { effect read  risk low }\nallow a on t { }\n` }),
    );
    for (const [, name = "", block = ""] of blocks) {
      const hashed = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(block)));
      expect(bundle?.sources).toContainEqual({ name, digest: `sha256:${Buffer.from(hashed).toString("hex")}` });
    }
    expect(blocks.length).toBe(3);
  });

  it("says the words that every evaluator has to know: types, members, functions, fault codes", () => {
    for (const word of [
      "Bool",
      "Int",
      "Decimal",
      "Text",
      "Line",
      "Id",
      "Bytes",
      "Duration",
      "Time",
      "Json",
      "Path",
      "Url",
      "Host",
      "Ip",
      "Email",
      "Money",
      "Command",
      "Sql",
      "Ref",
    ])
      expect(text).toContain(`\`${word}`);
    for (const word of ["unknown_tool", "unknown_field", "missing", "too_long", "currency", "unknown_handle"])
      expect(text).toContain(word);
  });
});
