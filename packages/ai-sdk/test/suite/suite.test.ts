import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { adapterCases, adapterMatrix } from "@writ/testing";
import { describe, expect, it } from "vitest";
import { aiSdk } from "./agent.js";

describe("the adapter suite", () => {
  it.each(adapterCases(aiSdk))("$name", async ({ run }) => expect(run()).resolves.toBeUndefined());
});

it("the matrix in docs/adapters.md says what is tested here", async () => {
  const text = await readFile(join(import.meta.dirname, "../../../../docs/adapters.md"), "utf8");
  const shown = /<!-- matrix: ai-sdk -->([^]*?)<!-- end -->/.exec(text)?.[1] ?? "";
  const plain = (table: string): string => table.replaceAll(/-{3,}/g, "---").replaceAll(/\s+/g, " ").trim();
  expect(plain(shown)).toBe(plain(adapterMatrix([aiSdk])));
});
