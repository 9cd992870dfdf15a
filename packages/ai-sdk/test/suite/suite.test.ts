import { adapterCases, adapterMatrix } from "@writ/testing";
import { describe, expect, it } from "vitest";
import { aiSdk } from "./agent.js";

describe("the adapter suite", () => {
  it.each(adapterCases(aiSdk))("$name", async ({ run }) => expect(run()).resolves.toBeUndefined());

  it("is published as it is; `vitest run -u` writes it", async () => {
    await expect(adapterMatrix([aiSdk])).toMatchFileSnapshot("../../../../docs/adapters/ai-sdk.md");
  });
});
