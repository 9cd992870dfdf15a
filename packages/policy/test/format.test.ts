import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile, format, memoryHost } from "../src/index.js";
import { sameMeaning } from "../src/format/meaning.js";
import { lex } from "../src/syntax/lexer.js";
import { parse } from "../src/syntax/parse.js";
import { LAID_OUT } from "./format-samples.js";
import { policyText } from "./policy-generator.js";
import { runs } from "./runs.js";
import { FILES, SUPPORT } from "./sample.js";

const read = (text: string): Parameters<typeof sameMeaning>[0] => ({
  file: parse(text).file,
  tokens: lex(text).tokens,
});

function formatted(text: string | Uint8Array): string {
  const result = format(text);
  if (!result.ok)
    throw new Error(result.diagnostics.map((one) => `${one.span.line}:${one.span.column} ${one.message}`).join("\n"));
  return result.text;
}

/** The block of a rule with these clauses. */
const block = (...lines: string[]): string =>
  `policy t\nallow a on b {\n${lines.map((line) => `  ${line}\n`).join("")}}\n`;

describe("properties over generated policies", () => {
  it("formatting keeps the meaning and every comment, and formatting again changes nothing", () => {
    fc.assert(
      fc.property(policyText, (text) => {
        fc.pre(parse(text).problems.length === 0);
        const once = formatted(text);
        expect(parse(once).problems).toEqual([]);
        expect(sameMeaning(read(text), read(once))).toBe(true);
        const comments = (of: string): string[] =>
          lex(of)
            .comments.map((one) => one.text)
            .toSorted();
        expect(comments(once)).toEqual(comments(text));
        expect(formatted(once)).toBe(once);
        expect(once).not.toMatch(/[ \t\r]\n|\n\n\n|\n\n$|^\n/);
      }),
      { numRuns: runs(500, "slow"), maxSkipsPerRun: 50 },
    );
  });

  it("most generated policies parse, so that the property above says something", () => {
    const texts = fc.sample(policyText, 300);
    expect(texts.filter((text) => parse(text).problems.length === 0).length).toBeGreaterThan(150);
  });
});

describe("what is laid out already stays as it is", () => {
  it.each(LAID_OUT)("%s", (_, text) => {
    expect(formatted(text)).toBe(text);
    // However it is spaced, it comes back, but for the columns that are a choice.
    const again = formatted(text.replaceAll(/(?<=\S) {2,}/g, "   "));
    expect(sameMeaning(read(text), read(again))).toBe(true);
    expect(formatted(again)).toBe(again);
  });

  it("gives the bundle of the text it was given, but for places", async () => {
    const rules = async (text: string): Promise<string> => {
      const { bundle } = await compile("main.policy", memoryHost({ "main.policy": text, ...FILES }));
      expect(bundle).toBeDefined();
      return JSON.stringify(bundle, (key, value: unknown) =>
        key === "span" || key === "sources" || key === "at" ? undefined : value,
      );
    };
    expect(await rules(formatted(SUPPORT))).toBe(await rules(SUPPORT));
  });
});

describe("clauses", () => {
  it("stand in the order of the language and in a column", () => {
    expect(formatted(block('because "x"', "limit 5 calls per hour", "for a", "unless c", "when b", "when d"))).toBe(
      block("for      a", "when     b", "when     d", "unless   c", "limit    5 calls per hour", 'because  "x"'),
    );
  });

  it("take their comments with them; a comment at the end of a block stays there", () => {
    expect(formatted(block("# of limit", "limit 5 calls per hour # by whom?", "", "# of for", "for a", "# end"))).toBe(
      block("# of for", "for    a", "# of limit", "limit  5 calls per hour  # by whom?", "# end"),
    );
  });

  it("stay on one line where they were written so and fit", () => {
    expect(formatted("policy t allow a on b{when x limit 5 calls per hour for c}")).toBe(
      "policy t\nallow a on b { for c  when x  limit 5 calls per hour }\n",
    );
    expect(formatted(`policy t allow a on b { because "${"x".repeat(120)}" }`)).toBe(
      `policy t\nallow a on b {\n  because  "${"x".repeat(120)}"\n}\n`,
    );
  });

  it("of attributes, settings and test statements keep their order", () => {
    expect(
      formatted('policy t\ntool a (x: Id) {\nsink x\neffect egress\n}\ntest "t" {\ncall a(x: "1") => allow\nas b\n}'),
    ).toBe(
      'policy t\ntool a (x: Id) {\n  sink    x\n  effect  egress\n}\ntest "t" {\n  call  a(x: "1")  => allow\n  as    b\n}\n',
    );
  });

  it("of a `let` go on below it", () => {
    const long = `user.groups has "${"g".repeat(60)}"`;
    expect(formatted(`policy t let a = ${long} or ${long}`)).toBe(`policy t\nlet a = ${long}\n  or ${long}\n`);
    const hosts = Array.from({ length: 8 }, (_, i) => `"host${i}.example.com"`);
    expect(formatted(`policy t let a = [${hosts.join(",")}]`)).toBe(
      `policy t\nlet a = [\n  ${hosts.slice(0, 5).join(", ")},\n  ${hosts.slice(5).join(", ")}\n]\n`,
    );
  });

  it("break at `and` and `or`, then in brackets, where a line would be too long", () => {
    const long = `user.groups has "${"g".repeat(40)}"`;
    expect(formatted(block(`when ${long} and (${long} or ${long}) and x`))).toBe(
      block(`when  ${long}`, "      and (", `        ${long}`, `        or ${long}`, "      )", "      and x"),
    );
    const hosts = Array.from({ length: 9 }, (_, i) => `"host${i}.example.com"`);
    expect(formatted(block(`when url.host in [${hosts.join(",")}]`))).toBe(
      block(
        "when  url.host in [",
        `        ${hosts.slice(0, 5).join(", ")},`,
        `        ${hosts.slice(5).join(", ")}`,
        "      ]",
      ),
    );
  });
});

describe("columns", () => {
  it("a column a little too wide stays, one much too wide or crooked does not", () => {
    const test = (...gaps: number[]): string =>
      `policy t\ntest "t" {\n${gaps.map((gap, i) => `  call  a(x: "${"1".repeat(i)}")${" ".repeat(gap)}=> allow\n`).join("")}}\n`;
    expect(formatted(test(6, 5))).toBe(test(6, 5));
    expect(formatted(test(9, 8))).toBe(test(3, 2));
    expect(formatted(test(6, 6))).toBe(test(3, 2));
  });

  it("comments behind lines next to each other stand below each other", () => {
    expect(formatted("policy t # a\nuse std.tiers # b\n\nuse std.labels # c\n")).toBe(
      "policy t       # a\nuse std.tiers  # b\n\nuse std.labels  # c\n",
    );
  });

  it("the commas between the fields of a block go, their comments stay", () => {
    expect(formatted("policy t\ntype A {\n  id: Id trusted, # one\n  longer?: Text # two\n  , b: [Id] pii,\n}")).toBe(
      "policy t\ntype A {\n  id:       Id    trusted  # one\n  longer?:  Text           # two\n  b:        [Id]  pii\n}\n",
    );
    expect(formatted("policy t\ntype A { id: Id b?: Text }")).toBe("policy t\ntype A { id: Id, b?: Text }\n");
  });
});

describe("texts", () => {
  it("line ends, a byte order mark and empty lines", () => {
    expect(formatted("\ufeff\r\n\r\n## doc\r\npolicy t\r\n\r\n\r\n\r\nuse std.tiers\r\n\r\n")).toBe(
      "## doc\npolicy t\n\nuse std.tiers\n",
    );
    expect(formatted(new TextEncoder().encode("policy t"))).toBe("policy t\n");
  });

  it("documentation stays what it is", () => {
    const text = 'policy t\n\n## Pays.\n## Twice.\n@shadow @tag("a")\nallow a on b { }\n';
    expect(formatted('policy t\n\n## Pays.\n## Twice.\n@shadow\n@tag("a") allow a on b { }')).toBe(text);
    expect(parse(text).file.declarations[0]?.doc).toBe("Pays.\nTwice.");
  });

  it("words that are names in one place and operators in another", () => {
    expect(
      formatted(
        'policy t\nlet a = args.and or x.has ("a")and -1-1 == -(2) and x has ("a") and not has(b)\nlet b = {or: 1, to: [f(x)[0], $1.id]}',
      ),
    ).toBe(
      'policy t\nlet a = args.and or x.has("a") and -1 - 1 == -(2) and x has ("a") and not has(b)\nlet b = { or: 1, to: [f(x)[0], $1.id] }\n',
    );
    expect(formatted("policy t\nlet a = some arg of Money< USD >>5 USD and b<5")).toBe(
      "policy t\nlet a = some arg of Money<USD> > 5 USD and b < 5\n",
    );
  });

  it.each([
    ["an error of syntax", "policy t\nallow a on b {\n  wen x\n}\n", "E005", 3],
    ["an empty file", "", "E004", 1],
    ["a direction mark in a comment", "policy t\n# \u202e\n", "E016", 2],
    ["a control character", "policy t\n# \u001b\n", "E003", 1],
    ["bytes that are no UTF-8", new Uint8Array([112, 255]), "E002", 1],
  ] as const)("a file with %s is left alone", (_, source: string | Uint8Array, code, line) => {
    const result = format(source, "x.policy");
    expect(result.ok).toBe(false);
    if (!result.ok)
      expect(result.diagnostics.map((one) => [one.code, one.span.file, one.span.line])).toEqual([
        [code, "x.policy", line],
      ]);
  });
});
