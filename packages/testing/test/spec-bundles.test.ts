import { readdirSync, readFileSync } from "node:fs";
import { canonicalize, type Json } from "@writ/ir";
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

  it.each([...topics])("%s: the same source gives the same bytes, and their digest is the bundle's", async (_, names) => {
    for (const name of names) {
      const place = new URL(`${name}/`, folder);
      const files = readdirSync(place).filter((file) => file.endsWith(".policy"));
      const { bundle, digest } = await compile("input.policy", memoryHost(Object.fromEntries(files.map((file) => [file, readFileSync(new URL(file, place), "utf8")]))));
      const bytes = readFileSync(new URL("bundle.json", place));
      expect(bytes.toString("utf8") === canonicalize(bundle as Json), name).toBe(true);
      const hashed = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      expect(digest, name).toBe(`sha256:${Buffer.from(hashed).toString("hex")}`);
    }
  });
});
