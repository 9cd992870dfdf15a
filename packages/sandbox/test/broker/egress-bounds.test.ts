import http, { createServer } from "node:http";
import https from "node:https";
import { createServer as createTcp } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { EdgeOptions } from "../../src/broker/egress/edge.js";
import { brokered, member, messageOf, reaching, textOf, valueOf } from "./brokered.js";
import { listen, serve } from "./servers.js";

describe("bounds", () => {
  const fetchFrom = async (
    listener: Parameters<typeof createServer>[1] & object,
    edge: EdgeOptions = {},
  ): Promise<string> => {
    const port = await serve("http", listener);
    const { ask } = reaching(port, [`http://api.acme.test:${port}`], { bytes: 100_000, ...edge });
    return messageOf(await ask("net.fetch", { url: `http://api.acme.test:${port}/` }));
  };

  test("lesson 29: an answer that is too large, or endless, is refused", async () => {
    expect(await fetchFrom((_q, response) => response.end("x".repeat(100_001)))).toMatch(/larger than 100000 bytes/);
    expect(await fetchFrom((_q, response) => response.end("x".repeat(100_000)))).toMatch(/^done/);
    expect(
      await fetchFrom((_q, response) => {
        const more = (): void => {
          while (!response.destroyed && response.write("x".repeat(65_536)));
        };
        response.on("drain", more);
        more();
      }),
    ).toMatch(/larger than 100000 bytes/);
  });

  test("lesson 29: little that unpacks to much is refused, and what fits is unpacked", async () => {
    for (const [name, pack] of [
      ["gzip", gzipSync],
      ["br", brotliCompressSync],
    ] as const) {
      const send = (bytes: Buffer): Promise<string> =>
        fetchFrom((_q, response) => response.setHeader("content-encoding", name).end(pack(bytes)));
      expect(await send(Buffer.alloc(50 * 1024 * 1024))).toMatch(/larger than 100000 bytes/);
      expect(await send(Buffer.from("fits"))).toMatch(/^done/);
    }
    for (const encoding of ["deflate", "gzip, gzip", "zstd", "compress"])
      expect(await fetchFrom((_q, response) => response.setHeader("content-encoding", encoding).end("x"))).toMatch(
        /not asked for/,
      );
    expect(await fetchFrom((_q, response) => response.setHeader("content-encoding", "gzip").end("no gzip"))).toMatch(
      /it failed/,
    );
  });

  test("an answer that does not come in time ends", async () => {
    expect(await fetchFrom(() => undefined, { time: 200 })).toMatch(/longer than 200 ms/);
    expect(await fetchFrom((_q, response) => response.write("x"), { time: 200 })).toMatch(/longer than 200 ms/);
    const { ask } = brokered({
      network: ["acme.com"],
      edge: { time: 200, resolve: () => new Promise(() => undefined) },
    });
    expect(messageOf(await ask("net.fetch", { url: "https://acme.com/" }))).toMatch(/longer than 200 ms/);
  });

  test("an abort ends what is under way", async () => {
    const abort = new AbortController();
    const port = await serve("http", () => abort.abort());
    const { ask } = brokered({
      network: [`http://127.0.0.1:${port}`],
      signal: abort.signal,
      edge: { hosts: { allowPrivate: [`127.0.0.1:${port}`] } },
    });
    expect(messageOf(await ask("net.fetch", { url: `http://127.0.0.1:${port}/` }))).toMatch(/aborted/);
  });

  test("half an answer, no HTTP, an upgrade and huge headers are refused", async () => {
    expect(
      await fetchFrom((_q, response) =>
        response.writeHead(200, { "content-length": "10" }).write("x", () => response.destroy()),
      ),
    ).toMatch(/ended the connection|it failed/);
    expect(await fetchFrom((_q, response) => response.setHeader("x-a", "x".repeat(100_000)).end())).toMatch(
      /it failed/,
    );
    const upgrade = await fetchFrom((_q, response) => {
      response.socket?.end("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
    });
    expect(upgrade).toMatch(/another protocol/);
    const garbage = createTcp((socket) => socket.on("error", () => undefined).end("SSH-2.0-x\r\n"));
    await new Promise<void>((resolve) => garbage.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void garbage.close());
    const address = garbage.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { ask } = reaching(port, [`http://api.acme.test:${port}`]);
    expect(messageOf(await ask("net.fetch", { url: `http://api.acme.test:${port}/` }))).toMatch(
      /it failed|ended the connection/,
    );
  });

  test("a server with a certificate for another name, or from nobody, is not spoken to", async () => {
    let reached = 0;
    const port = await serve("https", (_q, response) => {
      reached += 1;
      response.end();
    });
    const wrong = reaching(port, [`https://evil.test:${port}`]);
    expect(messageOf(await wrong.ask("net.fetch", { url: `https://evil.test:${port}/` }))).toMatch(/for another name/);
    const unknown = reaching(port, [`https://api.acme.test:${port}`], { ca: undefined });
    expect(messageOf(await unknown.ask("net.fetch", { url: `https://api.acme.test:${port}/` }))).toMatch(
      /nobody vouches/,
    );
    expect(reached).toBe(0);
  });

  test("proxies and lowered guards of the environment are not heeded", async () => {
    let proxied = 0;
    const proxy = await listen(
      createServer((_request, response) => {
        proxied += 1;
        response.end("proxy");
      }).on("connect", (_request, socket) => {
        proxied += 1;
        socket.destroy();
      }),
    );
    const port = await serve("http", (_request, response) => response.end("direct"));
    const secure = await serve("https", (_request, response) => response.end("direct"));
    const proxyEnv = { HTTP_PROXY: `http://127.0.0.1:${proxy}`, HTTPS_PROXY: `http://127.0.0.1:${proxy}` };
    const withProxy: http.AgentOptions & { proxyEnv: object } = { proxyEnv };
    const agents = [http.globalAgent, https.globalAgent] as const;
    // What NODE_USE_ENV_PROXY=1 makes of the agents of a process when it starts.
    http.globalAgent = new http.Agent(withProxy);
    https.globalAgent = new https.Agent(withProxy);
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    vi.stubEnv("HTTP_PROXY", proxyEnv.HTTP_PROXY);
    vi.stubEnv("HTTPS_PROXY", proxyEnv.HTTPS_PROXY);
    try {
      const plain = reaching(port, [`http://api.acme.test:${port}`]);
      const value = valueOf(await plain.ask("net.fetch", { url: `http://api.acme.test:${port}/` }));
      expect(textOf(member(value, "body"))).toBe("direct");
      const unknown = reaching(secure, [`https://api.acme.test:${secure}`], { ca: undefined });
      expect(messageOf(await unknown.ask("net.fetch", { url: `https://api.acme.test:${secure}/` }))).toMatch(
        /nobody vouches/,
      );
    } finally {
      [http.globalAgent, https.globalAgent] = agents;
      vi.unstubAllEnvs();
    }
    expect(proxied).toBe(0);
  });
});
