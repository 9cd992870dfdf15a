import { bubblewrap, buildImages, containerBackend, gvisorBackend, wasmBackend } from "@writ/sandbox";
import type { Backend } from "@writ/sandbox/backend";
import { describe, expect, it } from "vitest";
import { backendCases } from "../src/index.js";

// Where an engine was started for the tests they give it its images; on an engine of somebody's own they leave nothing.
if (process.env["WRIT_EXPECT_TIERS"] !== undefined) await buildImages();

/** Backends of the house; those that this machine does not hold are skipped. */
const BACKENDS: readonly (readonly [string, () => Backend])[] = [
  ["quickjs", wasmBackend],
  ["bubblewrap", bubblewrap],
  ["a container engine", containerBackend],
  ["gVisor", gvisorBackend],
];

for (const [name, open] of BACKENDS) {
  const tried = open();
  const probe = await tried.probe();
  await tried.close();
  describe(`the suite of backends on ${name}`, () => {
    it.for(backendCases({ open, profile: "core" }))("$name", async ({ run }, context) => {
      if (!probe.ok) context.skip(`${name} is not here: ${probe.why}`);
      await expect(run()).resolves.toBeUndefined();
    });
  });
}

describe("the suite of backends", () => {
  it("finds what a backend does not do", async () => {
    const real = wasmBackend();
    const lying: Backend = { ...real, name: "lying", start: () => Promise.reject(new Error("nothing here")) };
    const failed = await Promise.allSettled(
      backendCases({ open: () => lying, profile: "core" }).map(({ run }) => run()),
    );
    // All but what it says of itself.
    expect(failed.map(({ status }) => status)).toEqual(["fulfilled", ...failed.slice(1).map(() => "rejected")]);
  });

  it("finds one that lets a run go on, and one that reuses a sandbox", async () => {
    const lax: Backend = {
      ...wasmBackend(),
      start: async (profile) => {
        const real = wasmBackend();
        let instance = await real.start(profile);
        return {
          ...instance,
          run: async (job) => {
            const end = await instance.run(job);
            instance = await real.start(profile);
            return end;
          },
          stop: () => instance.stop(),
        };
      },
    };
    const twice = backendCases({ open: () => lax, profile: "core" }).find(({ name }) =>
      name.startsWith("runs one program"),
    );
    await expect(twice?.run()).rejects.toThrow("a sandbox was used twice");
  });
});
