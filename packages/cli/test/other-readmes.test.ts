import { expect, test } from "vitest";
import { apart, blocks, typesOf } from "./support/document.js";

/** What the examples leave to the host. */
const CONTEXT = `
declare const readFile: (path: string) => Promise<Uint8Array>;
`;

test.each(["packages/policy/README.md", "packages/ir/README.md"])(
  "lesson 22: the examples of %s have sound types",
  async (readme) => {
    const examples = await blocks(readme, "ts");
    expect(examples.length).toBeGreaterThan(0);
    expect(await typesOf(apart(examples, CONTEXT))).toBe("");
  },
);
