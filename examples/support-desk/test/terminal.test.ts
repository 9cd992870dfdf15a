import { spawn, spawnSync } from "node:child_process";
import { beforeEach, describe, expect, it } from "vitest";
import { PATIENCE, dataFolder, environment, MAIN, refunds } from "./support/desk.js";

const version = spawnSync("script", ["--version"], { encoding: "utf8" });
const why =
  version.status === 0 && version.stdout.includes("util-linux")
    ? undefined
    : "there is no `script` of util-linux to make a terminal with";

/** Runs the main job in a terminal and types when it is asked. */
async function typed(data: string, keys: string): Promise<{ readonly code: number | null; readonly screen: string }> {
  const command = [...MAIN, "--data", data].map((word) => `'${word}'`).join(" ");
  const child = spawn("script", ["-qec", `stty cols 100 && ${command}`, "/dev/null"], {
    env: environment(),
    stdio: ["pipe", "pipe", "inherit"],
  });
  let screen = "";
  let asked = false;
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (chunk: string) => {
    screen += chunk;
    if (asked || !screen.includes("[y/N]")) return;
    asked = true;
    child.stdin.write(keys);
  });
  const code = await new Promise<number | null>((done, failed) => {
    child.on("error", failed);
    child.on("close", done);
  });
  return { code, screen };
}

describe("the main job in a terminal", PATIENCE, () => {
  beforeEach((context) => {
    if (why !== undefined) context.skip(why);
  });

  it("asks, says who may agree and to what, and pays on a yes", async () => {
    const data = dataFolder();
    const { code, screen } = await typed(data, "y\r");
    expect(code).toBe(0);
    expect(screen).toContain('customer: c9, amount: 120 USD, note: "the lost box"');
    expect(screen).toContain("a manager, not sam who asked");
    expect(screen).toContain("mia agrees");
    expect(screen).toContain("\u001B[31m"); // colour, since this is a terminal
    expect(refunds(data, "guarded")).toEqual(["c9 2000", "c9 12000"]);
  });

  it.each([
    ["a no", "n\r"],
    ["an empty line", "\r"],
    ["anything else", "yes please\r"],
    ["the end of input", "\u0004"],
    ["Ctrl-C", "\u0003"],
  ])("takes %s for a no", async (_, keys) => {
    const data = dataFolder();
    const { code, screen } = await typed(data, keys);
    expect(code).toBe(0);
    expect(screen).toContain("mia refuses");
    expect(refunds(data, "guarded")).toEqual(["c9 2000"]);
  });
});
