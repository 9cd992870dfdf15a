import type { Tier } from "@writ/ir";
import { expect, test } from "vitest";
import { heldPort } from "../src/faults/held-port.js";
import { runInline } from "../src/duties/isolate.js";

test("a time limit longer than a timer can hold does not end the wait at once", async () => {
  const tier: Tier = {
    name: "low",
    isolate: "inline",
    network: [],
    read: [],
    write: [],
    env: [],
    time: 1e12,
    at: [0, 0, 0, 1, 1],
  };
  const slow = heldPort(() => new Promise((resolve) => setTimeout(resolve, 20, "done")));
  expect(await runInline(slow, {}, tier, undefined)).toEqual({ status: "done", result: "done" });
});
