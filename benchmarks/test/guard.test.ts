import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeInputs } from "../src/decision/inputs.js";
import { guardFound, type GuardFound } from "../src/guard/found.js";
import { sessionCall } from "../src/guard/session-policy.js";
import { growth, soak, type Soak } from "../src/guard/soak.js";
import { guardWorkload, VARIANTS } from "../src/guard/variants.js";
import { begin, resultOf } from "../src/results/contribute.js";
import { suiteText } from "../src/results/terminal.js";
import { standings } from "../src/targets/standing.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "writ-guard-"));
  await writeInputs(folder, guardWorkload());
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("what a guard is measured with", () => {
  test.each(VARIANTS.map((variant, i) => [variant.name, variant, i] as const))(
    "%s: every call is let through",
    async (_, variant, i) => {
      const opened = await variant.open({ log: join(folder, `log-${i}`), inputs: folder });
      for (let n = 0; n < 40; n += 1) await expect(opened.call(n)).resolves.not.toBeUndefined();
      await Promise.all(Array.from({ length: 40 }, (_unused, n) => opened.call(40 + n)));
      for (let n = 80; n < 120; n += 1) {
        await opened.decide?.(n);
        await opened.call(n);
      }
      await opened.close();
    },
  );

  test("no two reads of a session are alike, and every tenth call is a mail", () => {
    const calls = Array.from({ length: 100 }, (_, n) => sessionCall(n));
    expect(calls.filter(({ tool }) => tool === "mail.reply")).toHaveLength(10);
    expect(new Set(calls.map(({ args }) => JSON.stringify(args))).size).toBe(100);
  });

  test("a session is sampled as it goes", async () => {
    const { samples } = await soak(folder, 30, 10);
    expect(samples.map(({ calls }) => calls)).toEqual([10, 20, 30]);
    expect(samples.every(({ heapMb, microseconds }) => heapMb > 0 && microseconds >= 0)).toBe(true);
  });
});

const SOAK: Soak = {
  calls: 100,
  samples: Array.from({ length: 10 }, (_, i) => ({ calls: (i + 1) * 10, heapMb: 10 + i, microseconds: 5 })),
};

describe("what is said of a guard", () => {
  const figures = { added: 2, addedLow: 1, addedHigh: 3, p99: 60, cpu: 3, inFlight: [{ calls: 1, perSecond: 1234 }] };
  const cells = VARIANTS.slice(0, 5).map((variant) =>
    variant.kind === "durable"
      ? { variant, figures: { ...figures, added: 300, sync: 260 } }
      : variant === VARIANTS[1]
        ? { variant, figures: { ...figures, decided: 4.5 } }
        : variant.kind === "file"
          ? { variant, failed: "over 300 s" }
          : { variant, figures },
  );
  const found: GuardFound = { mode: "quick", cells, soak: SOAK, versions: {} };
  const verdicts = (given: GuardFound): ReadonlyMap<string, string> =>
    new Map(
      standings([resultOf("guard", begin(), guardFound(given))])
        .filter(({ target }) => target.suite === "guard")
        .map(({ target, verdict }) => [target.id, verdict]),
    );

  test("targets: what is durable is held to one bare fdatasync, and a heap that grows is not flat", () => {
    expect(Object.fromEntries(verdicts(found))).toEqual({
      "decision.session": "met",
      "guard.rules": "met",
      "guard.rules-p99": "NOT MET",
      "guard.session": "met",
      "guard.session-p99": "NOT MET",
      "guard.durable": "met",
      "guard.heap": "NOT MET",
      "guard.growth": "met",
    });
    expect(growth(SOAK, ({ heapMb }) => heapMb)).toBeCloseTo(18.5 / 12.5);
    expect(growth(SOAK, ({ microseconds }) => microseconds)).toBe(1);
  });

  test("what was left out by --only is not measured", () => {
    expect(verdicts({ ...found, cells: cells.slice(1) }).get("guard.rules")).toBe("not measured");
  });

  test("what was given up is said", () => {
    const text = suiteText(resultOf("guard", begin(), guardFound(found)));
    expect(text).toContain("over 300 s");
    expect(text).toContain("1,234/s");
    expect(text).toContain("a decision alone 4.50 us");
  });
});
