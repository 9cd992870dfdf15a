import { compile, memoryHost } from "@writ/policy";
import { expect, test } from "vitest";
import { apart, blocks, typesOf } from "./support/document.js";

const DOCUMENT = "docs/isolation.md";

/** What the examples leave to the host. */
const CONTEXT = `
import type { AuditSink, PolicySource, StateStore } from "@writ/runtime";
declare const policy: PolicySource, audit: AuditSink, state: StateStore;
`;

test("lesson 22: the examples of docs/isolation.md have sound types", async () => {
  expect(await typesOf(apart(await blocks(DOCUMENT, "ts"), CONTEXT))).toBe("");
});

test("lesson 22: the policy of docs/isolation.md compiles", async () => {
  const [text = ""] = await blocks(DOCUMENT, "policy");
  const { bundle, diagnostics } = await compile("desk.policy", memoryHost({ "desk.policy": text }));
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(bundle?.tiers.map(({ isolate }) => isolate)).toEqual(["inline", "wasm", "container"]);
});
