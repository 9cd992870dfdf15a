import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { fileAudit, fileStore } from "../src/node/index.js";
import { allow, bundle } from "./bundle.js";
import { bench, pay, read } from "./guard-bench.js";

const policy = bundle([pay, read], [allow("ok", ["pay", "read"])]);
const misuse = { name: "GuardError", code: "misuse" };

/** Calls as JavaScript does, which knows no types. */
const untyped = (call: unknown, ...args: readonly unknown[]): Promise<unknown> =>
  Promise.resolve().then(() => (typeof call === "function" ? (Reflect.apply(call, undefined, args) as unknown) : call));

describe("what is misspelt does not pass for nothing", () => {
  it("a session", async () => {
    const { guard } = await bench(policy);
    for (const asked of [
      undefined,
      null,
      "ann",
      { user: { id: "ann" }, thraed: "t" },
      { user: { id: "ann" }, thread: "" },
      { user: { id: "ann" }, thread: 7 },
      { user: { id: "ann" }, __proto__x: 1 },
    ])
      await expect(untyped((given: never) => guard.session(given), asked)).rejects.toMatchObject(misuse);
  });
  it("a log and a store", async () => {
    const folder = mkdtempSync(join(tmpdir(), "writ-options-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    for (const args of [
      [],
      [""],
      [7],
      [join(folder, "a"), { sealto: "x" }],
      [join(folder, "a"), { rotate: { age_: 1 } }],
    ])
      await expect(untyped(fileAudit, ...args)).rejects.toMatchObject(misuse);
    for (const args of [[], [""], [join(folder, "b"), { compactat: 1 }], [join(folder, "b"), null]])
      await expect(untyped(fileStore, ...args)).rejects.toMatchObject(misuse);
  });
  it("a close: a drain that is none closes nothing", async () => {
    const { guard } = await bench(policy);
    for (const drain of [-1, 0.5, Number.NaN, Infinity])
      await expect(guard.close({ drain })).rejects.toMatchObject(misuse);
    const session = await guard.session({ user: { id: "ann" } });
    expect((await session.call({ tool: "read", args: { id: "x" } }, () => "ok")).status).toBe("done");
  });
});
