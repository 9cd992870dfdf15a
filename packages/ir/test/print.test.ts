import { describe, expect, it } from "vitest";
import { printExpression, printType, type Expression } from "../src/index.js";

const at: [number, number, number, number, number] = [0, 0, 0, 1, 1];
const text = { kind: "Text" } as const;
const arg = (name: string): Expression => ({ op: "arg", name, at });
const literal = (value: string): Expression => ({ op: "literal", type: text, value, at });
const element: Expression = { op: "variable", name: "item", at };
const ours: Expression = { op: "claim", of: "session", name: "participants", at };
const every = (list: Expression, body: Expression): Expression => ({ op: "every", variable: "item", list, body, at });

describe("a printed condition reads as a policy is written", () => {
  it.each<[string, Expression]>([
    ["every to in session.participants", every(arg("to"), { op: "in", type: text, left: element, right: ours, at })],
    [
      'every to.domain in ["acme.com"]',
      every(
        {
          op: "map",
          variable: "x",
          list: arg("to"),
          body: { op: "member", type: { kind: "Email" }, name: "domain", of: { op: "variable", name: "x", at }, at },
          at,
        },
        { op: "hostIn", left: element, patterns: ["acme.com"], at },
      ),
    ],
    [
      'every item in to: (item == "a" or item == "b")',
      every(arg("to"), {
        op: "or",
        items: ["a", "b"].map((value): Expression => ({
          op: "compare",
          operator: "==",
          type: text,
          left: element,
          right: literal(value),
          at,
        })),
        at,
      }),
    ],
    [
      "some arg of Url.private_host",
      {
        op: "some",
        variable: "u",
        list: { op: "argsOf", type: { kind: "Url" }, at },
        body: { op: "member", type: { kind: "Url" }, name: "private_host", of: { op: "variable", name: "u", at }, at },
        at,
      },
    ],
    [
      "amount > 50 USD and not has(bcc)",
      {
        op: "and",
        items: [
          {
            op: "compare",
            operator: ">",
            type: { kind: "Money" },
            left: arg("amount"),
            right: { op: "literal", type: { kind: "Money" }, value: { amount: 50, currency: "USD" }, at },
            at,
          },
          { op: "not", of: { op: "given", path: ["bcc"], at }, at },
        ],
        at,
      },
    ],
    [
      "not (has(a) or has(b))",
      {
        op: "not",
        of: {
          op: "or",
          items: [
            { op: "given", path: ["a"], at },
            { op: "given", path: ["b"], at },
          ],
          at,
        },
        at,
      },
    ],
    [
      "size(body) in 1 .. 100",
      {
        op: "between",
        type: { kind: "Int" },
        left: { op: "function", name: "size", args: [arg("body")], at },
        low: { op: "literal", type: { kind: "Int" }, value: 1, at },
        high: { op: "literal", type: { kind: "Int" }, value: 100, at },
        at,
      },
    ],
  ])("%s", (expected, node) => {
    expect(printExpression(node)).toBe(expected);
  });

  it("and so do types", () => {
    expect(
      printType({
        kind: "Record",
        fields: [
          { name: "a", type: { kind: "List", of: { kind: "Line", max: 9 } }, optional: true },
          { name: "b", type: { kind: "Money", currency: "USD" } },
        ],
      }),
    ).toBe("{ a?: [Line<9>], b: Money<USD> }");
  });
});
