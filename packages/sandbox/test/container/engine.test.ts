import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { containerBackend, gvisorBackend } from "../../src/backends/container/container-backend.js";
import { findEngine } from "../../src/backends/container/engine.js";

let folder: string;
const servers: Server[] = [];
beforeEach((context) => {
  if (process.platform !== "linux") context.skip("containers are run on Linux only");
  folder = mkdtempSync(join(tmpdir(), "writ-engine-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Something that listens where an engine would, and answers every request in this way. */
async function pretender(answer: (socket: Socket, request: string) => void): Promise<string> {
  const path = join(folder, "engine.sock");
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", (bytes) => answer(socket, bytes.toString("latin1")));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return path;
}

function json(value: unknown): string {
  const body = JSON.stringify(value);
  return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
}

function whyNot(found: { ok: true } | { ok: false; why: string }): string {
  return found.ok ? "it was found" : found.why;
}

test("lesson 14: without a socket both tiers are refused with the reason and one command", async () => {
  const socket = join(folder, "none.sock");
  for (const backend of [containerBackend({ engine: { socket } }), gvisorBackend({ engine: { socket } })]) {
    const probe = await backend.probe();
    expect(probe).toMatchObject({ ok: false, why: `there is no socket at ${socket}` });
    expect(probe.ok ? "" : probe.remedy).toMatch(/./);
    await expect(
      backend.start({
        program: "javascript",
        limits: { time: 1000, cpu: 1, memory: 1e8, processes: 4, output: 1e6, disk: 1e6 },
        mounts: [],
        env: {},
      }),
    ).rejects.toMatchObject({ code: "boot_failed" });
    await backend.close();
  }
});

test("an engine of another machine is refused: what is proven there is not known", async () => {
  for (const host of ["tcp://10.0.0.1:2375", "ssh://somewhere", "npipe:////./pipe/docker_engine"]) {
    vi.stubEnv("DOCKER_HOST", host);
    expect(whyNot(await findEngine())).toContain("no Unix socket");
  }
});

test("DOCKER_HOST is what is used, and no other engine in its place", async () => {
  vi.stubEnv("DOCKER_HOST", `unix://${join(folder, "none.sock")}`);
  expect(whyNot(await findEngine())).toContain("none.sock");
});

test.each([
  ["hangs up", (socket: Socket) => socket.destroy()],
  ["answers no HTTP", (socket: Socket) => socket.end("hello\n")],
  ["answers an error", (socket: Socket) => socket.end("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")],
])("lesson 14: a socket whose engine %s is refused", async (_name, answer) => {
  const socket = await pretender(answer);
  expect(whyNot(await containerBackend({ engine: { socket } }).probe())).toContain("does not answer");
});

test("lesson 14: an engine without images, or that holds one of another version only, is refused", async () => {
  for (const tags of [[], ["localhost/writ-sandbox-node:0123456789abcdef01234567"]]) {
    const socket = await pretender((connection, request) => {
      const path = request.split(" ")[1] ?? "";
      if (path.includes("/version")) connection.end(json({ Version: "1" }));
      else if (path.includes("/info")) connection.end(json({ Runtimes: { runsc: {} }, KernelVersion: "1" }));
      else if (path.includes("/images/")) connection.end(json([{ RepoTags: tags }]));
      else connection.end(json([]));
    });
    const backend = containerBackend({ engine: { socket } });
    const probe = await backend.probe();
    expect(probe).toMatchObject({ ok: false, remedy: "writ sandbox build" });
    expect(probe.ok ? "" : probe.why).toContain(
      tags.length === 0 ? "has no image" : "another version, which is not used",
    );
    await backend.close();
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  }
});

test("lesson 14: an engine without gVisor refuses that tier, and says how to have it", async () => {
  const socket = await pretender((connection, request) => {
    const path = request.split(" ")[1] ?? "";
    connection.end(json(path.includes("/info") ? { Runtimes: { runc: {} } } : { Version: "1" }));
  });
  const probe = await gvisorBackend({ engine: { socket } }).probe();
  expect(probe).toMatchObject({ ok: false, why: "docker has no runtime runsc (gVisor)" });
  expect(probe.ok ? "" : probe.remedy).toContain("runsc install");
  expect(await gvisorBackend({ engine: { socket }, runtime: "runc" }).probe(), "not gVisor").toMatchObject({
    ok: false,
  });
});

test("options that make no sense are told at once", () => {
  for (const options of [{ engine: "/x.sock" }, { engine: { socket: 1 } }, { runtime: {} }])
    expect(() => void Reflect.apply(containerBackend, undefined, [options])).toThrow("{ socket:");
});
