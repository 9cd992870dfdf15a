import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporary } from "./support/temporary.js";
import { writ } from "./support/writ.js";

const ROUGH = "policy a\r\nallow x on *{for y}\r\n";
const LAID = "policy a\nallow x on * { for y }\n";

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporary();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

describe("writ fmt", () => {
  test("replaces files whose layout changes, and says which", async () => {
    const cwd = folderWith({ "rough.policy": ROUGH, "laid.policy": LAID });
    chmodSync(join(cwd, "rough.policy"), 0o640);
    const before = statSync(join(cwd, "laid.policy")).ino;
    expect(await writ(["fmt", "rough.policy", "laid.policy"], { cwd })).toEqual({
      code: 0,
      out: "rough.policy\n",
      err: "",
    });
    expect(readFileSync(join(cwd, "rough.policy"), "utf8")).toBe(LAID);
    expect(statSync(join(cwd, "rough.policy")).mode & 0o777).toBe(0o640);
    expect(statSync(join(cwd, "laid.policy")).ino).toBe(before);
    expect(readdirSync(cwd).toSorted()).toEqual(["laid.policy", "rough.policy"]);
    expect(await writ(["fmt", "rough.policy", "laid.policy"], { cwd })).toEqual({ code: 0, out: "", err: "" });
  });

  test("a symbolic link stays one", async () => {
    const cwd = folderWith({ "real.policy": ROUGH });
    symlinkSync("real.policy", join(cwd, "link.policy"));
    expect((await writ(["fmt", "link.policy"], { cwd })).code).toBe(0);
    expect(lstatSync(join(cwd, "link.policy")).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(cwd, "real.policy"), "utf8")).toBe(LAID);
  });

  test("--check changes nothing, lists what it would change, and ends with 2", async () => {
    const cwd = folderWith({ "rough.policy": ROUGH, "laid.policy": LAID });
    expect(await writ(["fmt", "--check", "rough.policy", "laid.policy"], { cwd })).toEqual({
      code: 2,
      out: "rough.policy\n",
      err: "1 file is not laid out; writ fmt does it\n",
    });
    expect(readFileSync(join(cwd, "rough.policy"), "utf8")).toBe(ROUGH);
    expect(await writ(["fmt", "--check", "laid.policy"], { cwd })).toEqual({ code: 0, out: "", err: "" });
    expect(JSON.parse((await writ(["fmt", "--check", "--json", "rough.policy", "gone.policy"], { cwd })).out)).toEqual({
      format: "writ.fmt/1",
      ok: false,
      files: [
        { file: "rough.policy", ok: false, changed: true },
        { file: "gone.policy", ok: false, fault: "cannot read gone.policy: there is no such file" },
      ],
    });
  });

  test("standard input goes to standard output", async () => {
    expect(await writ(["fmt", "-"], { input: ROUGH })).toEqual({ code: 0, out: LAID, err: "" });
    expect(await writ(["fmt", "-", "--check"], { input: ROUGH })).toMatchObject({ code: 2, out: "<stdin>\n" });
    expect((await writ(["fmt", "-", "--json"], { input: ROUGH })).err).toContain("add --check");
    expect((await writ(["fmt", "-", "-"], { input: ROUGH })).err).toContain("can be read once");
  });

  test("a file with errors of syntax is left as it is, the others are not", async () => {
    const broken = "policy a\nallow x on * {\n  wen y\n}\n";
    const cwd = folderWith({ "broken.policy": broken, "rough.policy": ROUGH });
    const ran = await writ(["fmt", "broken.policy", "rough.policy"], { cwd });
    expect(ran).toMatchObject({ code: 3, out: "rough.policy\n" });
    expect(ran.err).toContain("broken.policy:3:3: error[E005]");
    expect(ran.err).toContain("broken.policy: left as it is");
    expect(readFileSync(join(cwd, "broken.policy"), "utf8")).toBe(broken);
    expect(await writ(["fmt", "-"], { input: broken })).toMatchObject({ code: 3, out: "" });
  });

  test("what cannot be written is a fault", async (context) => {
    if (process.getuid?.() === 0) return context.skip("root may write everywhere");
    const cwd = folderWith({ "rough.policy": ROUGH });
    chmodSync(cwd, 0o500);
    const ran = await writ(["fmt", "rough.policy"], { cwd });
    chmodSync(cwd, 0o700);
    expect(ran).toMatchObject({ code: 1, out: "" });
    expect(ran.err).toContain("cannot write rough.policy: permission denied");
    expect(readFileSync(join(cwd, "rough.policy"), "utf8")).toBe(ROUGH);
  });
});
