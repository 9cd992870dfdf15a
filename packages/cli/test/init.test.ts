import { readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporary } from "./support/temporary.js";
import { writ } from "./support/writ.js";

describe("writ init", () => {
  test("begins with a policy that is laid out, checks without a warning, and passes its tests", async () => {
    const cwd = temporary();
    const ran = await writ(["init", "new/policies"], { cwd });
    expect(ran.code).toBe(0);
    expect(ran.out).toContain(`wrote ${join("new", "policies", "agent.policy")}\n`);
    const folder = join(cwd, "new", "policies");
    const files = readdirSync(folder);
    expect(files).toEqual(["agent.policy", "people.policy"]);
    expect(await writ(["fmt", "--check", ...files], { cwd: folder })).toEqual({ code: 0, out: "", err: "" });
    expect(await writ(["check", "--deny", "warnings", ...files], { cwd: folder })).toMatchObject({ code: 0 });
    const tests = await writ(["test", "agent.policy"], { cwd: folder });
    expect(tests.out).toMatch(/3 tests: 3 passed, 0 failed\n$/);
    expect(tests.code).toBe(0);
  });

  test("never writes over anything, and then writes nothing", async () => {
    const cwd = temporary();
    writeFileSync(join(cwd, "people.policy"), "mine");
    const ran = await writ(["init"], { cwd });
    expect(ran).toMatchObject({ code: 1, out: "" });
    expect(ran.err).toContain("people.policy is there already; nothing was written");
    expect(readdirSync(cwd)).toEqual(["people.policy"]);
    symlinkSync("gone", join(cwd, "agent.policy"));
    expect((await writ(["init", "."], { cwd })).code).toBe(1);
  });

  test("--json tells what was written; a folder that cannot be is a fault", async () => {
    const cwd = temporary();
    writeFileSync(join(cwd, "file"), "");
    expect(JSON.parse((await writ(["init", "a", "--json"], { cwd })).out)).toEqual({
      format: "writ.init/1",
      ok: true,
      written: [join("a", "agent.policy"), join("a", "people.policy")],
    });
    expect((await writ(["init", "file/x"], { cwd })).err).toContain("a part of its path is no folder");
  });
});
