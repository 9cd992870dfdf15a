import { compile, memoryHost } from "@writ/policy";
import { expect, test } from "vitest";
import { apart, blocks, typesOf } from "./support/document.js";

const README = "packages/sandbox/README.md";

/** What the examples leave to the host. */
const CONTEXT = `
import type { AuditSink, PolicySource, StateStore } from "@writ/runtime";
import type { SandboxesOptions } from "@writ/sandbox";
declare const policy: PolicySource, audit: AuditSink, state: StateStore;
declare const tools: NonNullable<SandboxesOptions["tools"]>;
declare const token: () => Promise<string>;
`;

test("lesson 22: the examples of the README of sandbox have sound types", async () => {
  const examples = await blocks(README, "ts");
  expect(examples.length).toBeGreaterThan(2);
  expect(await typesOf(apart(examples, CONTEXT))).toBe("");
});

test("lesson 22: the rules of the README of sandbox compile", async () => {
  const [rules = ""] = await blocks(README, "policy");
  const text = `policy readme\nuse std.labels\ntier low { isolate inline }\n${rules}`;
  const { bundle, diagnostics } = await compile("readme.policy", memoryHost({ "readme.policy": text }));
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(bundle?.rules.map(({ id }) => id)).toEqual(["keep", "hook"]);
});
