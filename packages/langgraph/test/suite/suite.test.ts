import { adapterCases } from "@writ/testing";
import { describe, expect, it } from "vitest";
import { langgraph } from "./agent.js";

describe.each(["guardNode", "guardTools"] as const)("the adapter suite with %s", (hook) => {
  it.each(adapterCases(langgraph(hook)))("$name", async ({ run }) => expect(run()).resolves.toBeUndefined());
});
