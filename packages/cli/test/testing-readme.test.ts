import { expect, test } from "vitest";
import { apart, blocks, runProgram, typesOf } from "./support/document.js";

const README = "packages/testing/README.md";

const POLICY = `policy readme.testing @ 1
use std.tiers
tool t (n: Int) { effect read  risk low }
allow a on t { when n < 5 }
test "small" { call t(n: 4) => allow by a  call t(n: 5) => forbid }
`;

/** What the examples leave to who writes a store: vitest itself, and how theirs is opened. */
const CONTEXT = `
declare const make: Parameters<typeof stateStoreCases>[0];
`;

test("lesson 22: the examples of the README of testing have sound types", async () => {
  const examples = await blocks(README, "ts");
  expect(examples.length).toBeGreaterThan(2);
  // Of this repository's test runner only what an example calls: it need not be among the packages.
  const runner =
    "declare function describe(name: string, body: () => void): void;\ndeclare function it(name: string, body: () => unknown): void;\n";
  const sources = examples.map((example) => example.replace(/^import \{[^}]*\} from "vitest";\n/m, ""));
  expect(await typesOf(apart(sources, runner + CONTEXT))).toBe("");
});

test("lesson 22: the tester of the README of testing runs, and power cuts are tried one by one", async () => {
  const [tester = "", , cuts = ""] = await blocks(README, "ts");
  const ran = await runProgram(
    `${tester}\n${cuts}\nconsole.log(JSON.stringify([report.ok, report.tests.length, operations]));`,
    {
      "support.policy": POLICY,
      "child.js":
        'import { appendFile, mkdir } from "node:fs/promises";\nawait mkdir(process.argv[2], { recursive: true });\nawait appendFile(process.argv[2] + "/x", "1");\nawait appendFile(process.argv[2] + "/x", "2");\n',
      "package.json": '{ "type": "module" }',
    },
  );
  expect(ran.types).toBe("");
  const said: unknown = JSON.parse(ran.out.trim().split("\n").at(-1) ?? "");
  expect(said).toEqual([true, 1, expect.any(Number)]);
});
