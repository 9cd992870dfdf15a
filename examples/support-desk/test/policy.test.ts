import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { POLICIES, writ } from "./support/desk.js";

describe("the policies of the example", () => {
  it.each(["support.policy", "cost.policy"])("%s checks without a warning", async (file) => {
    const { code, out, err } = await writ(["check", join(POLICIES, file)]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).not.toContain("warning");
  });

  it("support.policy passes its own tests, the attack among them", async () => {
    const { code, out } = await writ(["test", join(POLICIES, "support.policy")]);
    expect(out).toMatch(/5 passed, 0 failed/);
    expect(code).toBe(0);
  });
});
