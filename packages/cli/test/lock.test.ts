import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporary } from "./support/temporary.js";
import { writ } from "./support/writ.js";

const MAIN = `policy t extends acme.base
use "acme-policies/base.policy"
use std.identity
use std.tiers
tool fs.read (path: Path) { effect read  risk low }
allow all on * { when user.mfa }
`;

function project(): { readonly cwd: string; readonly base: string } {
  const cwd = temporary();
  const folder = join(cwd, "node_modules", "acme-policies");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "name": "acme-policies" }');
  const base = join(folder, "base.policy");
  writeFileSync(base, 'policy acme.base @ 1 final\nuse std.identity\nforbid no_one on * { when user.id == "x" }\n');
  writeFileSync(join(cwd, "main.policy"), MAIN);
  return { cwd, base };
}

describe("writ lock", () => {
  test("holds what a policy takes from a package, and says when it has changed", async () => {
    const { cwd, base } = project();
    expect((await writ(["check", "main.policy"], { cwd })).out).toContain("error[E513]");
    expect(await writ(["lock", "--check", "main.policy"], { cwd })).toMatchObject({ code: 2 });
    expect(existsSync(join(cwd, "writ.lock.json"))).toBe(false);
    expect(await writ(["lock", "main.policy"], { cwd })).toEqual({
      code: 0,
      out: "writ.lock.json: locked 1 source\n",
      err: "",
    });
    expect(JSON.parse(readFileSync(join(cwd, "writ.lock.json"), "utf8"))).toMatchObject({
      format: "writ.lock/1",
      sources: { "node_modules/acme-policies/base.policy": { policy: "acme.base", version: 1 } },
    });
    expect((await writ(["check", "main.policy"], { cwd })).code).toBe(0);
    expect(await writ(["lock", "--check", "main.policy"], { cwd })).toMatchObject({
      code: 0,
      out: "writ.lock.json: up to date (1 source)\n",
    });

    writeFileSync(base, `${readFileSync(base, "utf8")}# more\n`);
    const changed = await writ(["check", "main.policy"], { cwd });
    expect(changed.code).toBe(3);
    expect(changed.out).toContain("error[E514]");
    const asJson = await writ(["lock", "main.policy", "--json"], { cwd });
    expect(JSON.parse(asJson.out)).toMatchObject({ format: "writ.lock/1", ok: true, changed: true });
    expect((await writ(["check", "main.policy"], { cwd })).code).toBe(0);
  }, 60_000);

  test("locks no policy with errors, and nothing where there is nothing to lock", async () => {
    const { cwd } = project();
    writeFileSync(join(cwd, "bad.policy"), `${MAIN}allow x on nope { }\n`);
    const bad = await writ(["lock", "bad.policy"], { cwd });
    expect(bad.code).toBe(3);
    expect(bad.err).toContain("error[E101]");
    writeFileSync(join(cwd, "alone.policy"), "policy t\n");
    expect(await writ(["lock", "alone.policy"], { cwd })).toMatchObject({
      code: 0,
      out: "alone.policy: nothing to lock\n",
    });
    expect(existsSync(join(cwd, "writ.lock.json"))).toBe(false);
    expect((await writ(["lock", "-"], { cwd, input: "policy t\n" })).code).toBe(1);
  }, 60_000);
});
