import { adapterCases } from "@writ/testing";
import { describe, expect, it } from "vitest";
import { langchain } from "./agent.js";

describe.each(["v2", "v1"] as const)("the adapter suite with tools of version %s", (version) => {
  it.each(adapterCases(langchain(version)))("$name", async ({ run }) => expect(run()).resolves.toBeUndefined());
});
