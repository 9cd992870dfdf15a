import { adapterCases, adapterMatrix } from "@writ/testing";
import { describe, expect, it } from "vitest";
import { mastra } from "./agent.js";

describe("the adapter suite", () => {
  it.each(adapterCases(mastra))("$name", async ({ run }) => expect(run()).resolves.toBeUndefined());

  it("is published as it is; `vitest run -u` writes it", async () => {
    await expect(adapterMatrix([mastra])).toMatchFileSnapshot("../../../../docs/adapters/mastra.md");
  });
});
