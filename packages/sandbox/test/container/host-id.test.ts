import { spawn } from "node:child_process";
import { beforeEach, expect, test } from "vitest";
import { isDead, readHostId, thisHost, writeHostId } from "../../src/backends/container/host-id.js";

beforeEach((context) => {
  if (process.platform !== "linux") context.skip("containers are run on Linux only");
});

test("a host is known again from its label, and no other text is one", async () => {
  const host = await thisHost();
  expect(readHostId(writeHostId(host))).toEqual(host);
  for (const text of [
    "",
    "1",
    `${process.pid}:${host.boot}`,
    "x:y:z:a:b",
    `${writeHostId(host)}:1`,
    `-${writeHostId(host)}`,
  ])
    expect(readHostId(text)).toBeUndefined();
});

test("a process is dead when it is gone, when its number was given to another, and after a boot", async () => {
  const host = await thisHost();
  expect(await isDead(host)).toBe(false);
  expect(await isDead({ ...host, started: "1" }), "the number is another's now").toBe(true);
  expect(await isDead({ ...host, boot: "00000000-0000-0000-0000-000000000000" })).toBe(true);
  const child = spawn(process.execPath, ["-e", "0"], { stdio: "ignore" });
  await new Promise((resolve) => child.once("exit", resolve));
  expect(await isDead({ ...host, pid: child.pid ?? 0 })).toBe(true);
});

test("of a host in another namespace nothing is known, so what it has is left alone", async () => {
  const host = await thisHost();
  expect(await isDead({ ...host, namespace: "1", started: "1" })).toBe(false);
});
