import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Finding, MiniRepository } from "./mini-repository.js";

const arrows = "writ(arrows)";

/** Each line: a file, what it contains, and a part of the reason it must be refused with. */
const refused: readonly (readonly [file: string, content: string, reason: string])[] = [
  // The arrows between packages.
  ["packages/ir/src/a1.ts", 'import "@writ/runtime";', "ir is the contract everyone else imports"],
  [
    "packages/policy/src/a2.ts",
    'import { createGuard } from "@writ/runtime"; createGuard();',
    "the two meet only in the bundle",
  ],
  ["packages/runtime/src/a3.ts", 'import "@writ/policy";', "the runtime does not import the compiler"],
  [
    "packages/runtime/src/a4.ts",
    'import type { Policy } from "@writ/policy"; export type P = Policy;',
    "the runtime does not import the compiler",
  ],
  ["packages/langgraph/src/a5.ts", 'import "@writ/policy";', "an adapter does not import policy"],
  ["packages/langgraph/src/a6.ts", 'import "@writ/ir";', "langgraph may import runtime"],
  ["packages/llamaindex/src/a7.ts", 'import "@writ/langgraph";', "packages/llamaindex is not on the map"],
  ["packages/ai-sdk/src/a12.ts", 'import "@writ/langgraph";', "an adapter does not import another adapter"],
  ["packages/runtime/src/a8.ts", 'import "@writ/langgraph";', "runtime may import ir"],
  ["packages/testing/src/a9.ts", 'import "@writ/cli/package.json";', "nobody imports the cli"],
  ["packages/cli/src/a10.ts", 'import "@writ/langgraph";', "cli may import ir, policy, runtime, sandbox, testing"],
  ["examples/support-desk/src/a11.ts", 'import "@writ/cli/package.json";', "nobody imports the cli"],
  // Every way to write an import.
  ["packages/runtime/src/b1.ts", 'export { compile } from "@writ/policy";', "the runtime does not import the compiler"],
  ["packages/runtime/src/b2.ts", 'export * from "@writ/policy";', "the runtime does not import the compiler"],
  [
    "packages/runtime/src/b3.ts",
    'export const load = () => import("@writ/policy");',
    "the runtime does not import the compiler",
  ],
  [
    "packages/runtime/src/b4.ts",
    "export const load = () => import(`@writ/policy`);",
    "the runtime does not import the compiler",
  ],
  [
    "packages/runtime/src/b5.ts",
    'export type P = import("@writ/policy").Policy;',
    "the runtime does not import the compiler",
  ],
  [
    "packages/runtime/src/b6.ts",
    'export const p = require("@writ/policy");',
    "the runtime does not import the compiler",
  ],
  [
    "packages/runtime/src/b7.ts",
    'import p = require("@writ/policy"); p();',
    "the runtime does not import the compiler",
  ],
  ["packages/runtime/src/b8.ts", "export const load = (name: string) => import(name);", "must name what it imports"],
  // Deep paths and ways round the front door.
  ["packages/runtime/src/c1.ts", 'import "@writ/ir/dist/index.js";', "is a deep path"],
  ["packages/policy/src/c2.ts", 'import "@writ/ir/src/canonical.js";', "is a deep path"],
  ["packages/runtime/src/c3.ts", 'import "../../policy/src/index.js";', "leaves packages/runtime"],
  ["packages/runtime/src/evaluate/c4.ts", 'import "../../test/x.js";', "leaves src"],
  ["packages/runtime/test/c5.test.ts", 'import "../../policy/src/index.js";', "leaves packages/runtime"],
  ["packages/runtime/src/c6.ts", 'import "@writ/no-such-package";', "there is no package @writ/no-such-package"],
  ["packages/langgraph/src/c7.ts", 'import "vitest";', "is not in the dependencies"],
  // Deciding works without Node.
  [
    "packages/ir/src/d1.ts",
    'import { createHash } from "node:crypto"; createHash("x");',
    "belongs in a folder named node/",
  ],
  [
    "packages/policy/src/d2.ts",
    'import type { Stats } from "node:fs"; export type S = Stats;',
    "belongs in a folder named node/",
  ],
  ["packages/runtime/src/d3.ts", 'import "fs";', 'write "node:fs"'],
  ["packages/runtime/src/d4.ts", 'import "./node/file-audit.js";', "pulls Node into packages/runtime"],
  [
    "packages/policy/src/d5.ts",
    'export const load = () => import("./node/index.js");',
    "pulls Node into packages/policy",
  ],
  // zod and chevrotain stay where they are.
  ["packages/ir/src/e1.ts", 'import { z } from "zod"; z.string();', "importing zod costs a guard"],
  ["packages/ir/src/e2.ts", 'import { BundleSchema } from "./schema/index.js"; BundleSchema.parse(1);', "loads zod"],
  ["packages/runtime/src/e3.ts", 'import "@writ/ir/schema";', "loads zod"],
  ["packages/runtime/src/e4.ts", 'import "chevrotain";', "the parser belongs to the policy compiler alone"],
];

/** Files that must pass: the arrows as they are meant. */
const accepted: readonly (readonly [file: string, content: string])[] = [
  ["packages/policy/src/ok1.ts", 'import "@writ/ir"; import "chevrotain"; import "./ok2.js";'],
  ["packages/runtime/src/node/ok3.ts", 'import "node:fs"; import "@writ/ir/values"; import "../ok4.js";'],
  [
    "packages/langgraph/src/ok5.ts",
    'import "@writ/runtime"; import "@langchain/langgraph"; import "@langchain/core/tools";',
  ],
  [
    "packages/cli/src/commands/ok6.ts",
    'import "node:fs"; import "@writ/policy/node"; import "@writ/testing"; import "../main.js";',
  ],
  ["packages/ir/src/schema/ok7.ts", 'import "zod"; import "./index.js";'],
  ["packages/ir/src/ok8.ts", 'import type { Bundle } from "./schema/index.js"; export type B = Bundle;'],
  ["packages/ir/src/ok9.ts", 'export const load = () => import("tldts");'],
  [
    "packages/ir/test/ok10.test.ts",
    'import "@writ/ir/schema"; import "@writ/ir/schemas/bundle.json"; import "../src/canonical.js"; import "node:fs";',
  ],
  ["packages/langgraph/test/ok11.test.ts", 'import "@writ/testing"; import "@writ/policy"; import "../src/index.js";'],
  [
    "examples/support-desk/src/ok12.ts",
    'import "@writ/langgraph"; import "@writ/policy/node"; import "nodemailer"; import "node:sqlite";',
  ],
];

describe("the arrows between packages", () => {
  const repository = new MiniRepository();
  let findings: Finding[] = [];

  beforeAll(() => {
    for (const [file, content] of [...refused, ...accepted]) repository.plant(file, `${content}\n`);
    repository.plant("packages/langchain/package.json", '{ "name": "@writ/langchain" }');
    findings = repository.lint();
  });

  afterAll(() => repository.remove());

  test.each(refused)("%s is refused: %s", (file, _content, reason) => {
    const messages = findings.filter((found) => found.file === file && found.code === arrows);
    expect(messages.map((found) => found.message)).toEqual([expect.stringContaining(reason)]);
  });

  test.each(accepted)("%s passes: %s", (file) => {
    expect(findings.filter((found) => found.file === file && found.code.startsWith("writ("))).toEqual([]);
  });
});

describe("the other promises the linter holds", () => {
  const repository = new MiniRepository();
  let findings: Finding[] = [];
  const planted: readonly (readonly [file: string, content: string, code: string])[] = [
    ["packages/runtime/src/process.ts", "export const home = process.cwd();", "eslint(no-restricted-globals)"],
    [
      "packages/ir/src/any.ts",
      "export const x = (value: any): number => Number(value);",
      "typescript(no-explicit-any)",
    ],
    ["packages/ir/src/twice.ts", "export const x = (1 as unknown) as string;", "writ(no-type-escapes)"],
    ["packages/ir/src/ignore.ts", "// @ts-expect-error because\nexport const x: string = 1;", "writ(no-type-escapes)"],
    [
      "packages/ir/src/off.ts",
      "// oxlint-disable-next-line eqeqeq\nexport const x = (1 as number) == 2;",
      "writ(no-type-escapes)",
    ],
    ["packages/ir/src/long.ts", "export {};\n".repeat(401), "eslint(max-lines)"],
    [
      "packages/runtime/src/floating.ts",
      "export function f(): void { Promise.resolve(1); }",
      "typescript(no-floating-promises)",
    ],
    [
      "packages/policy/src/ring-a.ts",
      'import { b } from "./ring-b.js"; export const a = (): unknown => b;',
      "import(no-cycle)",
    ],
    [
      "packages/policy/src/ring-b.ts",
      'import { a } from "./ring-a.js"; export const b = (): unknown => a;',
      "import(no-cycle)",
    ],
  ];

  beforeAll(() => {
    for (const [file, content] of planted) repository.plant(file, `${content}\n`);
    findings = repository.lint();
  });

  afterAll(() => repository.remove());

  test.each(planted)("%s is refused", (file, _content, code) => {
    expect(findings.filter((found) => found.file === file).map((found) => found.code)).toContain(code);
  });
});
