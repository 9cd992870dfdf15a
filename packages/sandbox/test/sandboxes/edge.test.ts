import { inspect } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { AUTHORITY, serve } from "../broker/servers.js";
import { benchWith, type Bench } from "../guard/fake-sandbox.js";
import { code, sandboxes, type SandboxesOptions } from "../../src/index.js";

const SECRET = "sk-live/Q4f9cZk2w7Xr+27aa81";

const never = (): never => {
  throw new Error("the host's function was called");
};

/** A guard whose tool runs programs in wasm that may reach one server under two names. */
async function desk(
  port: number,
  options: SandboxesOptions,
): Promise<Bench & { run: (program: string) => Promise<unknown> }> {
  const policy = `policy edge
use std.labels
tier low  { isolate inline }
tier high { isolate wasm  time 20s  network ["https://*.acme.test:${port}"] }
tool run (program: Text) -> Text { effect exec  risk high  labels untrusted }
allow run on run {}
`;
  const machine = sandboxes({
    tools: { run: code("javascript", "program") },
    resolve: () => Promise.resolve(["127.0.0.1"]),
    hosts: { allowPrivate: [`127.0.0.1:${port}`] },
    ca: AUTHORITY,
    ...options,
  });
  const bench = await benchWith(policy, machine);
  onTestFinished(() => bench.guard.close());
  return { ...bench, run: (program) => bench.session.call({ tool: "run", args: { program } }, never) };
}

describe("a program in a sandbox and the edge", () => {
  test("lesson 27: a credential is used and is nowhere: not inside, not in a result, an error or the record", async () => {
    const seen: (string | undefined)[] = [];
    const port = await serve("https", (request, response) => {
      seen.push(request.headers.authorization);
      if (request.url === "/broken") response.destroy();
      else response.end(`you are ${request.headers.authorization ?? "nobody"}`);
    });
    const { run, audit } = await desk(port, {
      credentials: [{ host: `api.acme.test:${port}`, header: "authorization", value: () => `Bearer ${SECRET}` }],
    });
    const api = `https://api.acme.test:${port}`;
    const outcomes = [
      await run(`const answer = await fetch("${api}/me"); return await answer.text();`),
      await run(`return JSON.stringify([globalThis, Object.keys(globalThis), args, world]);`),
      await run(`return await (await fetch("${api}/broken")).text();`),
      await run(`return await (await fetch("https://other.acme.test:${port}/")).text();`),
    ];
    expect(outcomes[0]).toMatchObject({ status: "done", result: "you are [credential]" });
    expect(outcomes[2]).toMatchObject({ status: "failed" });
    expect(outcomes[3]).toMatchObject({ status: "done", result: "you are nobody" });
    expect(seen).toEqual([`Bearer ${SECRET}`, `Bearer ${SECRET}`, undefined]);
    const all = inspect([outcomes, audit.records()], { depth: null, maxStringLength: null, maxArrayLength: null });
    expect(all).not.toContain("Q4f9cZk2w7Xr");
    expect(all).not.toContain(Buffer.from(SECRET).toString("base64"));
  });

  test("lesson 17: a name that is private at the second look, and a redirect to a private address, are refused", async () => {
    const port = await serve("https", (request, response) => {
      if (request.url === "/away") response.writeHead(302, { location: `https://127.0.0.1:${port}/` });
      response.end("reached");
    });
    let looks = 0;
    const { run, audit } = await desk(port, {
      hosts: { allowPrivate: [`127.0.0.1:${port}`] },
      resolve: () => {
        looks += 1;
        return Promise.resolve([looks === 1 ? "127.0.0.1" : "10.0.0.1"]);
      },
    });
    const api = `https://api.acme.test:${port}`;
    const twice = `const read = async () => { try { return await (await fetch("${api}/")).text(); } catch (error) { return error.message; } };
      return [await read(), await read()].join(" | ");`;
    expect(await run(twice)).toMatchObject({
      result: expect.stringMatching(/^reached \| .*private network/) as string,
    });
    looks = 0;
    expect(await run(`return await (await fetch("${api}/away")).text();`)).toMatchObject({
      status: "failed",
      message: expect.stringMatching(/admits no such request/) as string,
    });
    const refused = audit.records().filter((record) => record.type === "intent" && record.effect === "forbid");
    expect(refused).toMatchObject([{ tool: "net.fetch", args: { masked: { url: `https://127.0.0.1:${port}/` } } }]);
  });
});
