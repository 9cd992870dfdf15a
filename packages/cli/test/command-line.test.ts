import { spawn } from "node:child_process";
import { openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { didYouMean } from "../src/did-you-mean.js";
import { EXIT, worst } from "../src/exit-codes.js";
import { tooOld } from "../src/node-version.js";
import { columns, safe } from "../src/output/text.js";
import { BIN, HOOKS, writ } from "./support/writ.js";

test.each([
  ["20.20.2", true],
  ["22.12.9", true],
  ["22.13.0", false],
  ["24.21.0", false],
  ["26.0.0-nightly", false],
])("Node %s is too old: %s", (version, old) => {
  expect(tooOld(version) !== undefined).toBe(old);
});

describe("usage", () => {
  test.each([
    [["chekc"], 'there is no command "chekc" (did you mean: writ check?)'],
    [["audit"], 'there is no command "audit" (did you mean: writ audit verify?)'],
    [["audit", "verfy", "x"], "did you mean: writ audit verify?"],
    [["xyzzy"], "see: writ help"],
    [["check", "--jsno", "x"], "writ check has no option --jsno (did you mean --json?)"],
    [["check", "-z", "x"], "writ check has no option -z"],
    [["check"], "writ check needs a FILE"],
    [["check", "--json=yes", "x"], "--json takes no value"],
    [["compile", "a", "b"], "writ compile takes one FILE, not 2"],
    [["compile", "a", "-o"], "-o needs a value"],
    [["compile", "a", "-o", "-x"], "--out=-x"],
    [["compile", "a", "-o", "x", "--out", "y"], "--out is given twice"],
    [["--frobnicate"], "writ has no option --frobnicate"],
    [["constructor"], "there is no command"],
    [["check", "--constructor"], "writ check has no option --constructor"],
    [["help", "__proto__"], "there is no command"],
  ])("%j ends with 1 and one line", async (args, said) => {
    const ran = await writ(args);
    expect(ran).toMatchObject({ code: 1, out: "" });
    expect(ran.err).toContain(said);
    expect(ran.err).toMatch(/^writ: [^\n]*\n$/);
  });

  test("nothing at all shows the commands, and is a fault", async () => {
    const ran = await writ([]);
    expect(ran).toMatchObject({ code: 1, out: "" });
    expect(ran.err).toContain("writ audit verify FOLDER");
  });

  test("help and version are no faults", async () => {
    expect(await writ(["--help"])).toMatchObject({ code: 0, err: "" });
    expect((await writ(["check", "--help"])).out).toContain("writ check FILE...");
    expect((await writ(["help", "audit", "verify"])).out).toContain("--checkpoint FILE");
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "..", "package.json"), "utf8")) as {
      version: string;
    };
    expect((await writ(["--version"])).out).toBe(`${version}\n`);
  });

  test("with --json a fault is a document too", async () => {
    const ran = await writ(["audit", "verify", "gone", "--json"]);
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.out)).toEqual({
      format: "writ.error/1",
      ok: false,
      message: "cannot read gone: there is no such folder",
    });
  });

  test("what is repeated from the command line cannot write to the terminal", async () => {
    const ran = await writ(["\u001B[2Jx\u202E"]);
    expect(ran.err).not.toMatch(/[\u001B\u202E]/);
  });

  test("WRIT_DEBUG=1 shows where it happened", async () => {
    expect((await writ(["chekc"], { env: { WRIT_DEBUG: "1" } })).err).toContain("    at ");
  });
});

describe("streams", () => {
  function spawnHelp(stdout: "pipe" | number) {
    return spawn(process.execPath, ["--import", HOOKS, BIN, "help"], { stdio: ["ignore", stdout, "pipe"] });
  }

  test("a reader that has gone is no fault", async () => {
    const child = spawnHelp("pipe");
    child.stdout?.destroy();
    const [err, code] = await Promise.all([text(child.stderr!), new Promise((resolve) => child.on("close", resolve))]);
    expect({ err, code }).toEqual({ err: "", code: 0 });
  });

  test("a result that could not be written is one", async (context) => {
    if (process.platform !== "linux") return context.skip("/dev/full is a Linux device");
    const child = spawnHelp(openSync("/dev/full", "w"));
    const [err, code] = await Promise.all([text(child.stderr!), new Promise((resolve) => child.on("close", resolve))]);
    expect({ err, code }).toEqual({ err: "writ: the output cannot be written: no space is left\n", code: 1 });
  });
});

describe("small parts", () => {
  test("one code for several results", () => {
    expect(worst([])).toBe(EXIT.ok);
    expect(worst([EXIT.ok, EXIT.refused])).toBe(EXIT.refused);
    expect(worst([EXIT.refused, EXIT.policy])).toBe(EXIT.policy);
    expect(worst([EXIT.policy, EXIT.fault, EXIT.ok])).toBe(EXIT.fault);
  });

  test("misspelt words", () => {
    expect(didYouMean("cehck", ["check", "test"])).toBe("check");
    expect(didYouMean("E1O1", ["E101", "E201"])).toBe("E101");
    expect(didYouMean("x", ["check"])).toBeUndefined();
    expect(didYouMean("check".repeat(10_000), ["check"])).toBeUndefined();
  });

  test("text for a terminal", () => {
    expect(safe("a\nb\u001B[0m\u202Ec\u{E0001}")).toBe("a\\u{a}b\\u{1b}[0m\\u{202e}c\\u{e0001}");
    expect(
      columns(
        [
          ["a", "b", "c"],
          ["aaa", "", "c"],
        ],
        1,
      ),
    ).toBe(" a    b  c\n aaa     c");
  });
});
