import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const script = join(import.meta.dirname, "..", "workshop", "engines.mjs");

function engines(args: readonly string[], env: NodeJS.ProcessEnv): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { env, encoding: "utf8" });
  return { status, out: stdout, err: stderr };
}

test("outside CI nothing is installed or started, and the command's own end is the end", () => {
  const told = "console.log(String(process.env.DOCKER_HOST), String(process.env.WRIT_EXPECT_TIERS)); process.exit(7)";
  const ran = engines([process.execPath, "-e", told], { PATH: process.env["PATH"] });
  expect(ran).toEqual({
    status: 7,
    out: "undefined undefined\n",
    err: "writ: engines of containers: what this machine has, and nothing is installed\n",
  });
});

test("an engine that was named is the one that is used, in CI as well", () => {
  const env = { PATH: "/nonexistent", CI: "true", DOCKER_HOST: "unix:///x.sock" };
  const ran = engines([process.execPath, "-e", "console.log(process.env.DOCKER_HOST)"], env);
  expect(ran).toMatchObject({ status: 0, out: "unix:///x.sock\n" });
});

test("a command that is not there is told by its code", () => {
  expect(engines(["/nonexistent/command"], { PATH: process.env["PATH"] }).status).toBe(127);
});
