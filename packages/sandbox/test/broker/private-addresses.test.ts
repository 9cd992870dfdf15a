import { describe, expect, test } from "vitest";
import { createEdge } from "../../src/broker/egress/edge.js";
import { brokered, member, messageOf, reaching, textOf, valueOf } from "./brokered.js";
import { serve } from "./servers.js";

const PRIVATE = /on this machine or in a private network/;

describe("lesson 17: private addresses", () => {
  test.each([
    "127.0.0.1",
    "127.1",
    "0x7f.1",
    "0x7f000001",
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "127.0.0.1.",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "0.0.0.0",
    "0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "0xa9fea9fe",
    "2852039166",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:a9fe:a9fe]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[fe80::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "[2001:db8::1]",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "a.localhost",
    "metadata.google.internal",
    "router",
    "printer.local",
    "x.home.arpa",
  ])("%s is refused even where the tier names it", async (host) => {
    const port = await serve("http", (_request, response) => response.end("reached"));
    const { ask } = brokered({
      network: [`http://${host}:${port}`, `http://127.0.0.1:${port}`, `http://[::1]:${port}`],
      edge: { resolve: () => Promise.resolve(["93.184.216.34"]) },
    });
    expect(messageOf(await ask("net.fetch", { url: `http://${host}:${port}/` }))).toMatch(
      /on this machine or in a private network|admits no such request|not a host name or an IP address|absolute URL/,
    );
  });

  test("a name of which any address is private is refused as a whole", async () => {
    for (const addresses of [
      ["127.0.0.1"],
      ["93.184.216.34", "127.0.0.1"],
      ["::1"],
      ["::ffff:10.0.0.1"],
      ["fe80::1%eth0"],
      ["169.254.169.254"],
      ["64:ff9b::a00:1"],
      ["0177.0.0.1"],
      ["not an address"],
      [],
    ]) {
      const { ask } = brokered({ network: ["acme.com"], edge: { resolve: () => Promise.resolve(addresses) } });
      expect(messageOf(await ask("net.fetch", { url: "https://acme.com/" }))).toMatch(
        /private network|has no address|an address that is none/,
      );
    }
  });

  test("a name is looked up once, and the connection goes where that look-up said", async () => {
    const port = await serve("http", (request, response) => response.end(request.headers.host));
    let looked = 0;
    const { ask } = reaching(port, [`http://rebind.test:${port}`], {
      resolve: () => {
        looked += 1;
        return Promise.resolve(looked === 1 ? ["127.0.0.1"] : ["127.0.0.2"]);
      },
    });
    const url = `http://rebind.test:${port}/`;
    expect(textOf(member(valueOf(await ask("net.fetch", { url })), "body"))).toBe(`rebind.test:${port}`);
    expect(looked).toBe(1);
    expect(messageOf(await ask("net.fetch", { url }))).toMatch(PRIVATE);
    expect(looked).toBe(2);
  });

  test("a redirect to a private address is another call, and refused", async () => {
    const inner = await serve("http", (_request, response) => response.end("reached"));
    const port = await serve("http", (_request, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${inner}/` }).end();
    });
    const { ask, calls } = reaching(port, [`http://api.acme.test:${port}`, `http://127.0.0.1:${inner}`]);
    expect(messageOf(await ask("net.fetch", { url: `http://api.acme.test:${port}/` }))).toMatch(PRIVATE);
    expect(calls.map(({ args }) => member(args, "url"))).toEqual([
      `http://api.acme.test:${port}/`,
      `http://127.0.0.1:${inner}/`,
    ]);
  });

  test("what may be private is an address with its port, and nothing beside it", async () => {
    const port = await serve("http", (_request, response) => response.end("ok"));
    const other = await serve("http", (_request, response) => response.end("reached"));
    const { ask } = reaching(port, [
      `http://127.0.0.1:${port}`,
      `http://127.0.0.1:${other}`,
      `http://localhost:${port}`,
    ]);
    expect(messageOf(await ask("net.fetch", { url: `http://127.0.0.1:${port}/` }))).toMatch(/^done/);
    expect(messageOf(await ask("net.fetch", { url: `http://localhost:${port}/` }))).toMatch(/^done/);
    expect(messageOf(await ask("net.fetch", { url: `http://127.0.0.1:${other}/` }))).toMatch(PRIVATE);
    for (const entry of ["127.0.0.1", "localhost:80", "*", "127.0.0.1:0", "127.0.0.0/8:80", "", 80])
      expect(() => createEdge({ hosts: { allowPrivate: [entry as string] } })).toThrow(/allowPrivate/);
  });

  test("IPv6 by its own name", async (context) => {
    let port: number;
    try {
      port = await serve("http", (request, response) => response.end(request.headers.host), "::1");
    } catch {
      context.skip("this machine has no IPv6 loopback");
      return;
    }
    const allowed = brokered({
      network: [`http://[::1]:${port}`],
      edge: { hosts: { allowPrivate: [`[::1]:${port}`] } },
    });
    expect(textOf(member(valueOf(await allowed.ask("net.fetch", { url: `http://[0::1]:${port}/` })), "body"))).toBe(
      `[::1]:${port}`,
    );
    const refused = brokered({ network: [`http://[::1]:${port}`] });
    expect(messageOf(await refused.ask("net.fetch", { url: `http://[::1]:${port}/` }))).toMatch(PRIVATE);
  });

  test("user names, look-alikes and odd spellings are no way to another host", async () => {
    const { ask, calls } = brokered({
      network: ["acme.com"],
      edge: { resolve: () => Promise.reject(new Error("no")) },
    });
    for (const url of [
      "https://acme.com@evil.com/",
      "https://acme.com:x@evil.com/",
      "https://@evil.com",
      "https:acme.com",
      "https:/acme.com",
      "https://acme.com\\@evil.com/",
      "https://acme.com%40evil.com/",
      "https://acme.com%00.evil.com/",
      " https://acme.com",
      "https://acme\n.com",
    ])
      expect(messageOf(await ask("net.fetch", { url }))).toMatch(/^net\.fetch: url: /);
    expect(calls).toEqual([]);
    for (const url of [
      "https://аcme.com/",
      "https://acme.com.evil.com/",
      "https://ácme.com/",
      "https://xn--cme-5cd.com/",
      "https://acme.co/",
    ])
      expect(messageOf(await ask("net.fetch", { url }))).toMatch(/admits no such request/);
    for (const url of ["https://ACME.com./", "https://ａｃｍｅ.com/"])
      expect(messageOf(await ask("net.fetch", { url }))).toMatch(/its host has no address/);
    expect(calls.map(({ args }) => member(args, "url")).slice(-2)).toEqual(["https://acme.com/", "https://acme.com/"]);
  });
});
