import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isListValue, memberOf, readMember, readValue } from "../src/values/index.js";

/** The addresses as texts; undefined where they are unknown. */
function urls(text: string): readonly string[] | undefined {
  const found = readMember("Text", "urls", text);
  return found !== undefined && isListValue(found) ? found.map(String) : undefined;
}

describe("the addresses in a text", () => {
  it.each([
    ["nothing here, not even a.test/x", []],
    ["see https://Acme.com/a, or http://b.test.", ["https://acme.com/a", "http://b.test/"]],
    ["![x](https://evil.test/p?d=1) and [y](<https://b.test/(a)>)", ["https://evil.test/p?d=1", "https://b.test/(a)"]],
    ["[x](https://a.test/1)and [y]: https://b.test/2", ["https://a.test/1", "https://b.test/2"]],
    ["![x](//evil.test/p)", ["https://evil.test/p"]],
    ["[ref]: //evil.test/p\n![x][ref]", ["https://evil.test/p"]],
    ['<img src="https://evil.test/a"><a href=//b.test/>', ["https://b.test/", "https://evil.test/a"]],
    ["(www.evil.test/x) but not me@www.acme.com", ["http://www.evil.test/x"]],
    ["[a](/relative) ![b](c.png)", []],
    ["twice https://a.test https://a.test/", ["https://a.test/"]],
    ["[mail](mailto:a@b.test) data:text/html,x", ["mailto:a@b.test", "data:text/html,x"]],
    ["[a](https://a.test/x?b=1&c=2)", ["https://a.test/x?b=1&c=2"]],
  ])("%s", (text, expected) => {
    expect(urls(text)).toEqual(expected);
  });

  it.each([
    ["credentials", "https://user:pw@evil.test/"],
    ["a backslash that Markdown takes away", "![x](https:\\/\\/evil.test/p)"],
    ["an entity", "![x](&#104;ttps://evil.test/p)"],
    ["one slash", "![x](https:/evil.test/p)"],
    ["no slash", "![x](https:evil.test/p)"],
    ["a host that is none", "https://a..b/"],
  ])("are unknown with %s", (_, text) => {
    expect(urls(text)).toBeUndefined();
  });

  it("are Urls, whatever the text, and every plain one is found", () => {
    expect(memberOf("Text", "urls")).toEqual({ kind: "List", of: { kind: "Url" } });
    expect(memberOf("Line", "urls")).toEqual({ kind: "List", of: { kind: "Url" } });
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 200 }),
        fc.webUrl({ validSchemes: ["https"] }),
        fc.string({ maxLength: 50 }),
        (before, url, after) => {
          const found = urls(`${before} ${url} ${after}`);
          if (found === undefined) return;
          for (const one of found)
            expect(readValue({ kind: "Url" }, one, new Map())).toMatchObject({ ok: true, wire: one });
          const { host } = new URL(url);
          expect(found.some((one) => new URL(one).host === host)).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("take bounded time", () => {
    for (const part of ["](", "https://", "www.", "[a]: ", ")", "src=", "[", "://", "a://", "(", "&"]) {
      const text = part.repeat(100_000 / part.length);
      const found = urls(text);
      expect(found === undefined || Array.isArray(found)).toBe(true);
    }
    for (const part of [")", "]", ".", "(", "a)"])
      expect(urls(`https://a.test/${part.repeat(100_000)}`)).toBeUndefined();
    expect(urls(`https://a.test/${")".repeat(9000)} `.repeat(50))).toEqual(["https://a.test/"]);
  });
});
