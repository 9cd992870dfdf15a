import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { createEdge } from "../../src/broker/egress/edge.js";
import type { Credential } from "../../src/broker/egress/credentials.js";
import { brokered, member, messageOf, textOf, valueOf, type Brokered } from "./brokered.js";
import { AUTHORITY, serve } from "./servers.js";

const SECRET = "sk-live/Q4f9cZk2w7Xr+27aa81";

function holding(port: number, value: Credential["value"] = `Bearer ${SECRET}`): Brokered {
  return brokered({
    network: [`https://*.acme.test:${port}`, `http://*.acme.test:${port}`],
    edge: {
      credentials: [{ host: `api.acme.test:${port}`, header: "Authorization", value }],
      resolve: () => Promise.resolve(["127.0.0.1"]),
      hosts: { allowPrivate: [`127.0.0.1:${port}`] },
      ca: AUTHORITY,
    },
  });
}

/** All that anybody but the server may have seen. */
function everything(broker: Brokered, answer: unknown): string {
  return inspect([broker.calls, broker.outcomes, answer], { depth: null, maxStringLength: null, maxArrayLength: null });
}

describe("lesson 27: credentials are added at the edge", () => {
  test("to exactly their HTTPS origin, over what the program says, and are in no argument or record", async () => {
    const seen: (string | undefined)[] = [];
    const port = await serve("https", (request, response) => {
      seen.push(request.headers.authorization);
      response.end("ok");
    });
    const broker = holding(port);
    const answers = [
      await broker.ask("net.fetch", { url: `https://api.acme.test:${port}/` }),
      await broker.ask("net.fetch", { url: `https://API.acme.test.:${port}/`, headers: { authorization: "mine" } }),
      await broker.ask("net.fetch", { url: `https://other.acme.test:${port}/` }),
    ];
    expect(seen).toEqual([`Bearer ${SECRET}`, `Bearer ${SECRET}`, undefined]);
    expect(everything(broker, answers)).not.toContain("Q4f9cZk2w7Xr");
  });

  test("never over plain HTTP", async () => {
    let seen: string | undefined = "not asked";
    const port = await serve("http", (request, response) => {
      seen = request.headers.authorization;
      response.end();
    });
    valueOf(await holding(port).ask("net.fetch", { url: `http://api.acme.test:${port}/` }));
    expect(seen).toBe(undefined);
  });

  test("never to where a redirect leads, and a redirect that carries one is refused", async () => {
    const seen: string[] = [];
    const port = await serve("https", (request, response) => {
      seen.push(`${request.headers.host} ${request.headers.authorization} ${request.url}`);
      if (request.url === "/away") response.writeHead(307, { location: `https://other.acme.test:${port}/` });
      if (request.url === "/leak")
        response.writeHead(307, { location: `https://other.acme.test:${port}/?k=${encodeURIComponent(SECRET)}` });
      response.end();
    });
    const broker = holding(port);
    valueOf(await broker.ask("net.fetch", { url: `https://api.acme.test:${port}/away` }));
    expect(seen[1]).toBe(`other.acme.test:${port} undefined /`);
    const leak = await broker.ask("net.fetch", { url: `https://api.acme.test:${port}/leak` });
    expect(messageOf(leak)).toMatch(/leads on with a credential/);
    expect(seen).toHaveLength(3);
    expect(everything(broker, leak)).not.toContain("Q4f9cZk2w7Xr");
  });

  test("an answer that repeats one, in a body or a header and in any usual spelling, is masked", async () => {
    const port = await serve("https", (request, response) => {
      const basic = request.headers.authorization ?? "";
      const token = basic.slice(basic.indexOf(" ") + 1);
      const spellings = [
        basic,
        token,
        encodeURIComponent(token),
        Buffer.from(token).toString("base64"),
        Buffer.from(token).toString("hex"),
        JSON.stringify({ token }),
        Buffer.from(token, "base64").toString("utf8"),
      ];
      response.setHeader("x-echo", `you sent ${token}`);
      response.setHeader("content-encoding", "gzip");
      response.end(gzipSync(spellings.join("\n")));
    });
    for (const value of [`Bearer ${SECRET}`, `Basic ${Buffer.from(`user:${SECRET}`).toString("base64")}`, SECRET]) {
      const broker = holding(port, value);
      const answer = await broker.ask("net.fetch", { url: `https://api.acme.test:${port}/` });
      const body = textOf(member(valueOf(answer), "body"));
      expect(body).toContain("[credential]");
      for (const spelling of [
        value,
        SECRET,
        encodeURIComponent(SECRET),
        Buffer.from(SECRET).toString("base64"),
        Buffer.from(SECRET).toString("hex"),
      ])
        expect(body + everything(broker, answer)).not.toContain(spelling);
      expect(member(member(valueOf(answer), "headers"), "x-echo")).toBe("you sent [credential]");
    }
  });

  test("no part of an answer is asked for, in which half of one could stand", async () => {
    let range: string | undefined = "not asked";
    const port = await serve("https", (request, response) => {
      range = request.headers.range;
      response.end();
    });
    valueOf(
      await holding(port).ask("net.fetch", { url: `https://api.acme.test:${port}/`, headers: { Range: "bytes=0-9" } }),
    );
    expect(range).toBe(undefined);
  });

  test("an error in getting or sending one repeats nothing of it", async () => {
    const port = await serve("https", (_request, response) => response.destroy());
    for (const value of [
      `Bearer ${SECRET}`,
      () => Promise.reject(new Error(`no ${SECRET}`)),
      () => {
        throw new Error(`no ${SECRET}`);
      },
      () => `${SECRET}\r\nX-Other: 1`,
      () => "short",
      () => Promise.resolve(undefined as unknown as string),
    ]) {
      const broker = holding(port, value);
      const answer = await broker.ask("net.fetch", { url: `https://api.acme.test:${port}/` });
      expect(messageOf(answer)).toMatch(/ended the connection|could not be had/);
      expect(everything(broker, answer)).not.toContain("Q4f9cZk2w7Xr");
    }
  });

  test("options that would put one elsewhere are refused, without repeating it", () => {
    const good = { host: "api.acme.com", header: "authorization", value: `Bearer ${SECRET}` };
    const odd: readonly object[] = [
      { ...good, host: "*.acme.com" },
      { ...good, host: "https://acme.com" },
      { ...good, host: "acme.com/v1" },
      { ...good, host: "" },
      { ...good, host: "a@acme.com" },
      { ...good, host: "acme.com:99999" },
      { ...good, host: 7 },
      { ...good, header: "Host" },
      { ...good, header: "content-length" },
      { ...good, header: "a b" },
      { ...good, header: 7 },
      { ...good, value: "" },
      { ...good, value: `${SECRET}\n` },
      { ...good, value: "short" },
      { ...good, value: 7 },
    ];
    const messages = odd.map((one) => {
      try {
        createEdge({ credentials: [one as Credential] });
        return "taken";
      } catch (error) {
        return inspect(error);
      }
    });
    for (const message of messages) {
      expect(message).toMatch(/credentials: /);
      expect(message).not.toContain("Q4f9cZk2w7Xr");
    }
    expect(() => createEdge({ credentials: [good, { ...good, header: "Authorization" }] })).toThrow(/twice/);
    expect(inspect(createEdge({ credentials: [good] }), { depth: null, showHidden: true })).not.toContain(
      "Q4f9cZk2w7Xr",
    );
    expect(JSON.stringify(createEdge({ credentials: [good] }))).not.toContain("Q4f9cZk2w7Xr");
  });
});
