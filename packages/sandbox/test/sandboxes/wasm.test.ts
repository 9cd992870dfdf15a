import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { code, module, sandboxes } from "../../src/index.js";
import { benchWith } from "../guard/fake-sandbox.js";

const program = (name: string): URL => new URL(`programs/${name}`, import.meta.url);
const never = (): never => {
  throw new Error("the host's function was called");
};

let server: Server;
let origin = "";
let folder = "";
const asked: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.end("<p>PX-204 is <b>late</b></p>");
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  origin = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = realpathSync(mkdtempSync(join(tmpdir(), "writ-sandboxes-")));
  writeFileSync(join(folder, "orders.csv"), "a\nb\nc\n");
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const policy = (): string => `policy walls
use std.labels
tier low  { isolate inline }
tier high { isolate wasm  time 5s  memory 64MB  network ["http://parcels.example"] }
tool web.fetch (url: Url) -> Text { effect read, egress  risk high  labels untrusted  sink url }
tool make.report (folder: Path) -> { lines: Int } { effect read, write  risk high  labels trusted }
tool calc.run (program: Text) -> Int { effect exec  risk high  labels untrusted }
allow browse on web.fetch { when url.host == "parcels.example" }
allow report on make.report { when folder under "${folder}" }
allow calc on calc.run {}
`;

const machine = () =>
  sandboxes({
    tools: {
      "web.fetch": module(program("fetch-page.js"), "fetchPage"),
      "make.report": module(program("report.js"), "report"),
      "calc.run": code("javascript", "program"),
    },
    hosts: { at: { "parcels.example": origin } },
  });

describe("a guard with sandboxes", () => {
  it("runs a page fetch in wasm, through the broker, and records both", async () => {
    const { session, audit, guard } = await benchWith(policy(), machine());
    const url = "http://parcels.example/PX-204";
    expect(await session.call({ tool: "web.fetch", args: { url } }, never)).toMatchObject({
      status: "done",
      result: "PX-204 is late",
    });
    expect(asked).toEqual(["GET /PX-204"]);
    const intents = audit.records().flatMap((record) => (record.type === "intent" ? [record] : []));
    expect(intents).toMatchObject([
      { tool: "web.fetch", isolation: { tier: "high", backend: "quickjs" } },
      {
        tool: "net.fetch",
        within: intents[0]?.call,
        isolation: { backend: "broker" },
        args: { masked: { method: "GET" } },
      },
    ]);
    expect(intents[0]?.isolation?.proven).toContain("no-network");
    await guard.close();
  });

  it("reads and writes files through the broker, below what was granted and nowhere else", async () => {
    const { session, guard } = await benchWith(policy(), machine());
    expect(await session.call({ tool: "make.report", args: { folder } }, never)).toMatchObject({
      status: "done",
      result: { lines: 3 },
    });
    expect(readFileSync(join(folder, "report.txt"), "utf8")).toBe("lines: 3\n");
    const outside = `return await world.files.readText("/etc/hostname")`;
    expect(await session.call({ tool: "calc.run", args: { program: outside } }, never)).toMatchObject({
      status: "failed",
      message: expect.stringContaining("this tool has no files") as string,
    });
    await guard.close();
  });

  it("runs a program that a model wrote, and ends one that does not end", async () => {
    const { session, guard } = await benchWith(policy(), machine());
    expect(await session.call({ tool: "calc.run", args: { program: "return 6 * 7" } }, never)).toMatchObject({
      status: "done",
      result: 42,
    });
    expect(await session.call({ tool: "calc.run", args: { program: "for (;;);" } }, never)).toMatchObject({
      status: "failed",
      cause: "timeout",
    });
    expect(await session.call({ tool: "calc.run", args: { program: "return 1" } }, never)).toMatchObject({ result: 1 });
    await guard.close();
  });

  it("refuses the calls of a module that cannot be bundled, and says why", async () => {
    const broken = sandboxes({ tools: { "web.fetch": module(program("gone.js"), "fetchPage") } });
    const { session, guard } = await benchWith(policy(), broken);
    const outcome = await session.call({ tool: "web.fetch", args: { url: "http://parcels.example/" } }, never);
    expect(outcome).toMatchObject({ status: "refused", cause: "tier" });
    expect(outcome.explanation.join()).toContain("gone.js");
    await guard.close();
  });
});
