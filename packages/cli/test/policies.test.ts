import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { decodeBundle } from "@writ/ir/decode";
import { describe, expect, test } from "vitest";
import { run } from "../src/run.js";
import { temporary } from "./support/temporary.js";
import { writ } from "./support/writ.js";

const GOOD = `policy acme.desk @ 2
use std.tiers
identity user { id: Id, groups: [Text] }
role support { user.groups has "support" }
role manager { user.groups has "manager" }
tool pay.refund (customer: Id, amount: Money) -> Id { effect pay  risk high }
allow small on pay.refund { for support  when amount <= 50 USD }
ask   big   on pay.refund { for support  when amount > 50 USD  from manager }
`;
const TESTS = `test "as it should be" {
  as   support
  call pay.refund(customer: "c9", amount: 20 USD)  => allow by small isolated container
  call pay.refund(customer: "c9", amount: 99 USD)  => ask by big from manager
}
`;
const WRONG = `test "as it should not be" {
  as   support
  call pay.refund(customer: "c9", amount: 99 USD)  => allow by small
}
`;
const BROKEN = `${GOOD}allow more on pay.refnud { }\n`;

/** A folder with these files in it. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporary();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

describe("writ check", () => {
  test("says what a policy holds", async () => {
    const cwd = folderWith({ "desk.policy": GOOD + TESTS });
    expect(await writ(["check", "desk.policy"], { cwd })).toEqual({
      code: 0,
      out: "desk.policy: ok (1 tool, 2 rules, 1 test)\n",
      err: "",
    });
  });

  test("a warning is shown and changes nothing", async () => {
    const cwd = folderWith({ "desk.policy": `${GOOD}role nobody { user.id == "x" }\n` });
    const ran = await writ(["check", "desk.policy"], { cwd });
    expect(ran.code).toBe(0);
    expect(ran.out).toMatch(/^desk\.policy:9:6: warning\[W202\]/);
    expect(ran.out).toMatch(/desk\.policy: ok \(.*\), 1 warning\n$/);
  });

  test("places are paths from here, in files that are used as well", async () => {
    const cwd = folderWith({
      "a/desk.policy": GOOD.replace("use std.tiers", 'use std.tiers\nuse "./b/more.policy"'),
      "a/b/more.policy": "policy acme.more @ 1\nlet x = nothing\n",
    });
    const ran = await writ(["check", "a/desk.policy"], { cwd });
    expect(ran.code).toBe(3);
    expect(ran.out).toContain(`${join("a", "b", "more.policy")}:2:9: error`);
    const json = JSON.parse((await writ(["check", "a/desk.policy", "--json"], { cwd })).out) as {
      files: { diagnostics: { span: { file: string } }[] }[];
    };
    expect(json.files[0]?.diagnostics.map(({ span }) => span.file)).toContain(join("a", "b", "more.policy"));
  });

  test("--json is one document of writ.check/1", async () => {
    const cwd = folderWith({ "desk.policy": GOOD, "broken.policy": BROKEN });
    const ran = await writ(["check", "desk.policy", "broken.policy", "gone.policy", "--json"], { cwd });
    expect(ran.code).toBe(1);
    expect(ran.err).toBe("writ: cannot read gone.policy: there is no such file\n");
    expect(JSON.parse(ran.out)).toMatchObject({
      format: "writ.check/1",
      ok: false,
      files: [
        {
          file: "desk.policy",
          ok: true,
          policy: { name: "acme.desk", version: 2 },
          tools: 1,
          rules: 2,
          tests: 0,
          diagnostics: [],
        },
        {
          file: "broken.policy",
          ok: false,
          diagnostics: [
            {
              code: "E101",
              severity: "error",
              suggestion: "pay.refund",
              span: { file: "broken.policy", line: 9, column: 15 },
            },
          ],
        },
        { file: "gone.policy", ok: false, fault: "cannot read gone.policy: there is no such file" },
      ],
    });
  });

  test("what cannot be read is a fault and keeps nothing else from being looked at", async () => {
    const cwd = folderWith({ "desk.policy": GOOD, "broken.policy": BROKEN });
    mkdirSync(join(cwd, "folder.policy"));
    symlinkSync("circle.policy", join(cwd, "circle.policy"));
    const ran = await writ(
      [
        "check",
        "gone.policy",
        "folder.policy",
        "circle.policy",
        "desk.policy/x.policy",
        "desk.policy",
        "broken.policy",
      ],
      { cwd },
    );
    expect(ran.code).toBe(1);
    expect(ran.err.split("\n")).toEqual([
      "writ: cannot read gone.policy: there is no such file",
      "writ: cannot read folder.policy: it is a folder",
      "writ: cannot read circle.policy: its symbolic links lead in a circle",
      "writ: cannot read desk.policy/x.policy: a part of its path is no folder",
      "",
    ]);
    expect(ran.out).toContain("desk.policy: ok");
    expect(ran.out).toContain("error[E101]");
  });

  test("a file without permission", async (context) => {
    if (process.getuid?.() === 0) return context.skip("root may read every file");
    const cwd = folderWith({ "desk.policy": GOOD });
    chmodSync(join(cwd, "desk.policy"), 0);
    expect(await writ(["check", "desk.policy"], { cwd })).toEqual({
      code: 1,
      out: "",
      err: "writ: cannot read desk.policy: permission denied\n",
    });
  });

  test("a device and a second standard input are refused, not waited for", async () => {
    expect((await writ(["check", "/dev/null"])).err).toContain("it is no regular file");
    expect((await writ(["check", "-", "-"])).err).toContain("can be read once");
  });

  test("a file's name cannot write to the terminal", async () => {
    const name = "a\u001B[2J\u202E.policy";
    const ran = await writ(["check", name, "gone\u001B[2J"], { cwd: folderWith({ [name]: BROKEN }) });
    expect(ran.code).toBe(1);
    expect(ran.out + ran.err).not.toMatch(/[\u001B\u202E]/);
  });
});

describe("writ test", () => {
  test("tests that pass", async () => {
    const ran = await writ(["test", "desk.policy"], { cwd: folderWith({ "desk.policy": GOOD + TESTS }) });
    expect(ran).toEqual({
      code: 0,
      err: "",
      out: "desk.policy\n  ok      as it should be (2 calls)\n\n1 test: 1 passed, 0 failed\n",
    });
  });

  test("a test that fails says where, what and why", async () => {
    const ran = await writ(["test", "a/desk.policy"], { cwd: folderWith({ "a/desk.policy": GOOD + TESTS + WRONG }) });
    expect(ran.code).toBe(2);
    expect(ran.out).toContain("FAILED  as it should not be (1 call)");
    expect(ran.out).toContain(`${join("a", "desk.policy")}:16:3  pay.refund(customer: "c9", amount: 99 USD)`);
    expect(ran.out).toMatch(/expected +allow by small\n/);
    expect(ran.out).toMatch(/got +ask by big from manager\n/);
    expect(ran.out).toMatch(/because +ask big \(desk\.policy:8:7\)\n/);
    expect(ran.out).toMatch(/\n2 tests: 1 passed, 1 failed\n$/);
  });

  test("a file without tests is said", async () => {
    const ran = await writ(["test", "desk.policy"], { cwd: folderWith({ "desk.policy": GOOD }) });
    expect(ran).toEqual({
      code: 0,
      err: "",
      out: "desk.policy\n  no tests stand in this file\n\n0 tests: 0 passed, 0 failed\n",
    });
  });

  test("errors in a policy come before tests that fail, and a fault before both", async () => {
    const cwd = folderWith({ "wrong.policy": GOOD + WRONG, "broken.policy": BROKEN + TESTS });
    const ran = await writ(["test", "wrong.policy", "broken.policy"], { cwd });
    expect(ran.code).toBe(3);
    expect(ran.out).toContain("its tests were not run");
    expect((await writ(["test", "wrong.policy", "broken.policy", "gone.policy"], { cwd })).code).toBe(1);
  });

  test("--json is one document of writ.test/1", async () => {
    const ran = await writ(["test", "desk.policy", "--json"], { cwd: folderWith({ "desk.policy": GOOD + WRONG }) });
    expect(ran).toMatchObject({ code: 2, err: "" });
    expect(JSON.parse(ran.out)).toMatchObject({
      format: "writ.test/1",
      ok: false,
      passed: 0,
      failed: 1,
      files: [
        {
          file: "desk.policy",
          ok: false,
          diagnostics: [],
          tests: [
            {
              name: "as it should not be",
              ok: false,
              at: { file: "desk.policy", line: 9 },
              calls: [
                {
                  tool: "pay.refund",
                  args: { customer: "c9", amount: { amount: 99, currency: "USD" } },
                  at: { file: "desk.policy", line: 11, column: 3 },
                  expected: { effect: "allow", by: ["small"], from: [] },
                  got: {
                    effect: "ask",
                    by: ["big"],
                    demands: [{ rule: "big", from: ["manager"] }],
                    tier: { name: "high", isolate: "container" },
                  },
                },
              ],
            },
          ],
        },
      ],
    });
  });
});

describe("writ compile", () => {
  test("writes canonical bytes whose SHA-256 is the digest it prints, the same every time", async () => {
    const cwd = folderWith({ "desk.policy": GOOD });
    const ran = await writ(["compile", "desk.policy", "-o", "bundle.json"], { cwd });
    const bytes = readFileSync(join(cwd, "bundle.json"), "utf8");
    const sum = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    expect(ran).toEqual({ code: 0, err: "", out: `${sum}  bundle.json\n` });
    expect(decodeBundle(bytes).ok).toBe(true);
    expect(await writ(["compile", "desk.policy"], { cwd })).toEqual({ code: 0, out: bytes, err: `${sum}\n` });
    expect(readdirSync(cwd).toSorted()).toEqual(["bundle.json", "desk.policy"]);
  });

  test("--json is one document of writ.compile/1", async () => {
    const cwd = folderWith({ "desk.policy": GOOD, "broken.policy": BROKEN });
    const good = JSON.parse((await writ(["compile", "desk.policy", "--json"], { cwd })).out) as { bundle: unknown };
    expect(good).toMatchObject({ format: "writ.compile/1", ok: true, policy: { name: "acme.desk", version: 2 } });
    expect(decodeBundle(good.bundle).ok).toBe(true);
    const ran = await writ(["compile", "broken.policy", "--json", "-o", "out.json"], { cwd });
    expect(ran.code).toBe(3);
    expect(JSON.parse(ran.out)).toMatchObject({ format: "writ.compile/1", ok: false, diagnostics: [{ code: "E101" }] });
    expect(existsSync(join(cwd, "out.json"))).toBe(false);
  });

  test("nothing is written where there are errors, and an older bundle stays", async () => {
    const cwd = folderWith({ "broken.policy": BROKEN, "bundle.json": "old" });
    const ran = await writ(["compile", "broken.policy", "-o", "bundle.json"], { cwd });
    expect(ran).toMatchObject({ code: 3, out: "" });
    expect(ran.err).toContain("error[E101]");
    expect(readFileSync(join(cwd, "bundle.json"), "utf8")).toBe("old");
  });

  test.each([
    ["over its own source", "desk.policy", "is the policy itself"],
    ["over its source by a link", "link", "is the policy itself"],
    ["into a folder that is not there", "gone/bundle.json", "there is no such folder"],
    ["over a folder", "folder", "cannot write folder"],
  ])("it does not write %s", async (_, out, said) => {
    const cwd = folderWith({ "desk.policy": GOOD, "folder/x": "" });
    symlinkSync("desk.policy", join(cwd, "link"));
    const before = readdirSync(cwd);
    const ran = await writ(["compile", "desk.policy", "-o", out], { cwd });
    expect(ran).toMatchObject({ code: 1, out: "" });
    expect(ran.err).toContain(said);
    expect(readFileSync(join(cwd, "desk.policy"), "utf8")).toBe(GOOD);
    expect(readdirSync(cwd)).toEqual(before);
  });
});

describe("a policy's texts cannot write to the terminal", () => {
  const hostile = `${GOOD}forbid never on * { when now < 2000-01-01T00:00:00Z  because "\\u001b[2J\\u009b2J\\u202e" }
test "\\u001b[31m\\u202e" {
  as support
  call pay.refund(customer: "c9", amount: 99 USD)  => forbid by never
}
`;
  test.each([
    ["test", 2],
    ["check", 0],
    ["compile", 0],
  ])("%s", async (command, code) => {
    const file = join(folderWith({ "desk.policy": hostile }), "desk.policy");
    let written = "";
    const write = async (text: string): Promise<void> => void (written += text);
    expect(await run([command, file], { out: write, err: write, terminal: true, color: false })).toBe(code);
    expect(written).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
    if (command === "compile") expect(decodeBundle(written.split("\n")[0]).ok).toBe(true);
  });
});

describe("writ explain", () => {
  test("tells what a code means", async () => {
    const ran = await writ(["explain", "e101"]);
    expect(ran).toMatchObject({ code: 0, err: "" });
    expect(ran.out).toMatch(/^error E101: an unknown tool\n/);
    expect(JSON.parse((await writ(["explain", "E101", "--json"])).out)).toMatchObject({
      format: "writ.explain/1",
      code: "E101",
      severity: "error",
    });
  });

  test("a code that is none", async () => {
    expect(await writ(["explain", "E1O1"])).toMatchObject({
      code: 1,
      out: "",
      err: "writ: there is no diagnostic E1O1 (did you mean E101?)\n",
    });
    expect((await writ(["explain", "constructor"])).code).toBe(1);
  });
});
