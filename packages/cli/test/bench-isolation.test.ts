import { expect, test } from "vitest";
import { writ } from "./support/writ.js";

const none = { DOCKER_HOST: "unix:///none.sock" };

test("a tier that holds is measured, and the escape list run in it", { timeout: 300_000 }, async () => {
  const ran = await writ(["bench", "isolation", "--tier", "wasm", "--escapes", "--json"]);
  expect(ran.code).toBe(0);
  const report: unknown = JSON.parse(ran.out);
  const times = { median: expect.any(Number) as unknown, p99: expect.any(Number) as unknown };
  expect(report).toMatchObject({
    ok: true,
    mode: "quick",
    tiers: [{ tier: "wasm", figures: { cold: times, started: times, pooled: times, eight: times, hundred: times } }],
    escapes: [{ backend: "quickjs", escaped: [] }],
  });
  expect(ran.err).toContain("wasm ...");
});

test("a tier that is not here is told with what would provide it", { timeout: 120_000 }, async (context) => {
  if (process.platform !== "linux") context.skip("containers are run on Linux only");
  const ran = await writ(["bench", "isolation", "--tier", "container"], { env: none });
  expect(ran.code).toBe(0);
  expect(ran.out).toMatch(/\ncontainer +not here\n/);
  expect(ran.out).toMatch(/\ncontainer: there is no socket at \/none\.sock\n {2}to have it: \S/);
});

test("a tier that there is none of is a fault", async () => {
  const ran = await writ(["bench", "isolation", "--tier", "vm"]);
  expect(ran.code).toBe(1);
  expect(ran.err).toContain("--tier takes process, wasm, container, gvisor");
  expect((await writ(["bench"])).err).toContain("did you mean: writ bench isolation?");
});
