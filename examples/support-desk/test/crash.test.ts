import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { seeded } from "../src/crash/seeded.js";
import { storm } from "../src/crash/storm.js";
import { dataFolder, EXAMPLE, NODE_OPTIONS, POLICIES } from "./support/desk.js";

/** `npm run crash -- --kills 1000` makes more. */
const KILLS = 6;

describe("lesson 9: the support desk, killed at any write and with the machine's power", () => {
  it(
    "has no effect without its intent on record, none twice, no acknowledged record lost, and a log that verifies",
    { timeout: 120_000 },
    async () => {
      const start = {
        script: join(EXAMPLE, "src", "crash", "scenario.ts"),
        nodeOptions: NODE_OPTIONS,
        policy: join(POLICIES, "support.policy"),
      };
      const came = await storm(dataFolder(), KILLS, start, seeded(20_261_122));
      expect(came.faults).toEqual([]);
      expect(came.kills).toBe(KILLS);
      expect(came.effects).toBeGreaterThan(0);
    },
  );
});
