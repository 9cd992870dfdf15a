import { join } from "node:path";
import { expect, test } from "vitest";
import { temporary } from "./support/temporary.js";
import { writ } from "./support/writ.js";

const socket = (): string => join(temporary(), "none.sock");

test("without an engine it ends with 2 and says how to have one", async (context) => {
  if (process.platform !== "linux") context.skip("containers are run on Linux only");
  const env = { DOCKER_HOST: `unix://${socket()}` };
  const ran = await writ(["sandbox", "build"], { env });
  expect(ran).toMatchObject({ code: 2, err: "" });
  expect(ran.out).toMatch(/^no engine: there is no socket at .*none\.sock\nto have one: \S.*\n$/);
  const report: unknown = JSON.parse((await writ(["sandbox", "build", "--json"], { env })).out);
  expect(report).toMatchObject({ ok: false, why: expect.any(String) as string, remedy: expect.any(String) as string });
});

test("a word too many, or another command of the group, is told", async () => {
  expect((await writ(["sandbox", "build", "all"])).code).toBe(1);
  expect((await writ(["sandbox"])).err).toContain("did you mean: writ sandbox build?");
});
