import type { Json, Type } from "@writ/ir";
import { describe, expect, it } from "vitest";
import { maskArguments } from "../../src/audit/mask.js";
import { tool } from "../bundle.js";

const none = new Map<string, Type>();

function masked(params: Record<string, Type>, args: Json): Json {
  return maskArguments(
    tool(
      "t",
      Object.entries(params).map(([name, type]) => ({ name, type })),
    ),
    args,
    none,
  );
}

describe("what a record shows of arguments", () => {
  it("keeps what names things, and of free text the size", () => {
    expect(
      masked(
        {
          to: { kind: "Email" },
          body: { kind: "Text" },
          link: { kind: "Url" },
          tags: { kind: "List", of: { kind: "Line" } },
        },
        { to: "a@example.com", body: "secret", link: "https://example.com/p?token=s3cret#frag", tags: ["one"] },
      ),
    ).toEqual({
      to: "a@example.com",
      body: "<Text, 8 characters>",
      link: "https://example.com/p?<query>#<fragment>",
      tags: ["<Line, 5 characters>"],
    });
  });

  it("lesson 30: treats names of prototypes as any others, and nothing inherited as an argument", () => {
    const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
    const params = Object.fromEntries(names.map((name) => [name, { kind: "Id" } as const]));
    const proto: Record<string, Type> = { ...params };
    Object.defineProperty(proto, "__proto__", { value: { kind: "Id" }, enumerable: true });
    const args: unknown = JSON.parse('{"__proto__":"a","constructor":"b","toString":"c","hasOwnProperty":"d"}');
    expect(JSON.stringify(masked(proto, args as Json))).toBe(JSON.stringify(args));
    expect(masked(params, {})).toEqual({});
  });

  it("shows nothing of arguments that the tool does not declare", () => {
    expect(masked({ id: { kind: "Id" } }, { id: "c9", bcc: "evil@example.net" })).toEqual({ id: "c9" });
    for (const args of [null, "text", 3, ["a"]]) expect(masked({ id: { kind: "Id" } }, args)).toEqual({});
  });
});
