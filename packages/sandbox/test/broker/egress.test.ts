import { describe, expect, test } from "vitest";
import { brokered, member, messageOf, reaching, textOf, valueOf } from "./brokered.js";
import { answering, serve } from "./servers.js";

describe("net.fetch", () => {
  test("sends what was decided, over HTTP and HTTPS, and gives the answer", async () => {
    for (const scheme of ["http", "https"] as const) {
      const port = await serve(
        scheme,
        answering((request, response, body) => {
          response.setHeader(
            "X-Seen",
            `${request.method} ${request.url} ${request.headers.host} ${String(request.headers["x-a"])}`,
          );
          response.setHeader("Set-Cookie", "session=1");
          response.end(`got ${body}`);
        }),
      );
      const origin = `${scheme}://api.acme.test:${port}`;
      const { ask, calls, outcomes } = reaching(port, [`POST ${origin}/v1/**`]);
      const args = {
        url: `${origin}/v1/./a?q=1#part`,
        method: "POST",
        headers: { "X-A": "b" },
        body: new Uint8Array(Buffer.from("héllo")),
      };
      const value = valueOf(await ask("net.fetch", args));
      expect(member(value, "status")).toBe(200);
      expect(member(value, "url")).toBe(`${origin}/v1/a?q=1`);
      expect(textOf(member(value, "body"))).toBe("got héllo");
      expect(member(member(value, "headers"), "x-seen")).toBe(`POST /v1/a?q=1 api.acme.test:${port} b`);
      expect(member(member(value, "headers"), "set-cookie")).toBe(undefined);
      expect(calls).toEqual([
        {
          tool: "net.fetch",
          args: {
            url: `${origin}/v1/a?q=1`,
            method: "POST",
            headers: ["x-a: b"],
            size: 6,
            digest: "sha256:3c48591d8d098a4538f5e013dfcf406e948eac4d3277b10bf614e295d6068179",
          },
        },
      ]);
      expect(member(outcomes[0], "body")).toBe("got héllo");
    }
  });

  test("method, scheme, host, port and path are held to the tier's list", async () => {
    let reached = 0;
    const port = await serve("http", (_request, response) => {
      reached += 1;
      response.end("ok");
    });
    const { ask } = reaching(port, [`GET http://api.acme.test:${port}/v1/**`, "other.acme.test"]);
    const get = async (url: string, method = "GET"): Promise<string> =>
      messageOf(await ask("net.fetch", { url, method }));
    expect(await get(`http://api.acme.test:${port}/v1/a`)).toMatch(/^done/);
    expect(reached).toBe(1);
    for (const [url, method] of [
      [`http://api.acme.test:${port}/v1/a`, "DELETE"],
      [`http://api.acme.test:${port}/v2/a`, "GET"],
      [`http://api.acme.test:${port}/v1/../v2`, "GET"],
      [`http://api.acme.test:${port}/v1/%2e%2e/v2`, "GET"],
      [`http://api.acme.test:${port}/v1/..%2fv2`, "GET"],
      [`http://api.acme.test:${port}.evil.test/v1/a`, "GET"],
      [`http://other.acme.test:${port}/v1/a`, "GET"],
      ["http://api.acme.test/v1/a", "GET"],
    ] as const)
      expect(await get(url, method)).toMatch(/admits no such request|expected an absolute URL/);
    expect(reached).toBe(1);
  });

  test("only http and https, only known methods, and no header that frames the message", async () => {
    const { ask, calls } = brokered({ network: ["acme.com"] });
    const says = async (args: object): Promise<string> => messageOf(await ask("net.fetch", args));
    for (const url of [
      "file:///etc/passwd",
      "data:text/plain,x",
      "ftp://acme.com/",
      "gopher://acme.com",
      "ws://acme.com",
      "//acme.com",
      "blob:x",
    ])
      expect(await says({ url, method: "GET" })).toMatch(/^net\.fetch: url: /);
    for (const method of ["CONNECT", "TRACE", "get", "GET /x HTTP/1.1\r\nX:", "", 1])
      expect(await says({ url: "https://acme.com", method })).toMatch(/method: expected one of/);
    for (const name of [
      "Host",
      "Content-Length",
      "Transfer-Encoding",
      "Connection",
      "Proxy-Authorization",
      "X-Forwarded-Host",
      "X-HTTP-Method-Override",
      "Upgrade",
      "Expect",
      "a b",
      "a\r\nb",
      "",
    ])
      expect(await says({ url: "https://acme.com", headers: { [name]: "x" } })).toMatch(/^net\.fetch: headers: /);
    for (const value of ["a\r\nHost: b", "a\nb", "a\0", "ä", " a", 1, null, "x".repeat(20_000)])
      expect(await says({ url: "https://acme.com", headers: { "x-a": value } })).toMatch(
        /headers: x-a has a value that is none|more than/,
      );
    expect(await says({ url: "https://acme.com", headers: { "X-A": "1", "x-a": "2" } })).toMatch(/there twice/);
    expect(await says({ url: "https://acme.com", body: new Uint8Array(1) })).toMatch(/GET has none/);
    expect(await says({ url: "https://acme.com", redirect: "manual" })).toMatch(/not known/);
    expect(calls).toEqual([]);
  });

  test("a header named __proto__ is a header", async () => {
    const port = await serve("http", (request, response) => response.end(JSON.stringify(request.rawHeaders)));
    const { ask } = reaching(port, [`http://api.acme.test:${port}`]);
    const headers: unknown = JSON.parse('{ "__proto__": "x" }');
    const value = valueOf(await ask("net.fetch", { url: `http://api.acme.test:${port}/`, headers }));
    expect(textOf(member(value, "body"))).toContain('"__proto__","x"');
  });
});

describe("redirects", () => {
  test("each is a call of its own, at most 5", async () => {
    const port = await serve("http", (request, response) => {
      const left = Number(request.url?.slice(1));
      if (left === 0) response.end("there");
      else response.writeHead(302, { location: `/${left - 1}` }).end();
    });
    const { ask, calls } = reaching(port, [`http://api.acme.test:${port}`]);
    const value = valueOf(await ask("net.fetch", { url: `http://api.acme.test:${port}/5` }));
    expect(member(value, "url")).toBe(`http://api.acme.test:${port}/0`);
    expect(calls).toHaveLength(6);
    expect(messageOf(await ask("net.fetch", { url: `http://api.acme.test:${port}/6` }))).toMatch(/more than 5 times/);
  });

  test("a method and a body are kept or dropped as the standard says; keys stay with their origin", async () => {
    const seen: string[] = [];
    const port = await serve(
      "http",
      answering((request, response, body) => {
        const { authorization = "-", cookie = "-", "content-type": type = "-", "x-b": b = "-" } = request.headers;
        seen.push(
          `${request.method} ${request.headers.host?.split(":")[0]}${request.url} ${authorization} ${cookie} ${type} ${String(b)} ${body}`,
        );
        const [, status, to] = /^\/(\d+)\/(.*)$/.exec(request.url ?? "") ?? [];
        if (status === undefined) response.end("there");
        else
          response
            .writeHead(Number(status), { location: to === "other" ? `http://other.acme.test:${port}/` : "/" })
            .end();
      }),
    );
    const { ask } = reaching(port, [`http://*.acme.test:${port}`]);
    for (const path of ["/302/", "/303/", "/307/", "/308/other", "/301/other"])
      valueOf(
        await ask("net.fetch", {
          url: `http://api.acme.test:${port}${path}`,
          method: "POST",
          headers: { Authorization: "mine", cookie: "c", "content-type": "t", "x-b": "b" },
          body: new Uint8Array(Buffer.from("body")),
        }),
      );
    expect(seen.filter((_line, i) => i % 2 === 1)).toEqual([
      "GET api.acme.test/ mine c - b ",
      "GET api.acme.test/ mine c - b ",
      "POST api.acme.test/ mine c t b body",
      "POST other.acme.test/ - - t b body",
      "GET other.acme.test/ - - - b ",
    ]);
  });

  test("to another scheme, with a user name or to nowhere is refused", async () => {
    for (const location of [
      "file:///etc/passwd",
      "https://a@evil.test/",
      "http://",
      "javascript:alert(1)",
      "\\\\evil.test",
    ]) {
      const port = await serve("http", (_request, response) => response.writeHead(302, { location }).end());
      const { ask, calls } = reaching(port, [`http://api.acme.test:${port}`]);
      expect(messageOf(await ask("net.fetch", { url: `http://api.acme.test:${port}/` }))).toMatch(
        /the redirect: |leads to no URL|admits no such request/,
      );
      expect(calls.length).toBeLessThanOrEqual(2);
    }
  });
});
