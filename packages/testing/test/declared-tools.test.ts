import { compile, memoryHost } from "@writ/policy";
import { createGuard, GuardError, memoryAudit, memoryStore, type HostTool } from "@writ/runtime";
import { expect, test } from "vitest";

const HEAD = "policy acme.desk @ 1\nuse std.tiers\n";
const OPEN = "tool known () -> Json {\n  effect read\n  risk low\n}\nallow known on known {}\n";

async function guardOf(text: string) {
  const { bundle, diagnostics } = await compile("desk.policy", memoryHost({ "desk.policy": HEAD + text }));
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return createGuard({ policy: bundle!, audit: memoryAudit(), state: memoryStore() });
}

/** What a guard says of tools that its policy does not know, as declarations. */
async function declarations(tools: readonly HostTool[]): Promise<string> {
  const guard = await guardOf(OPEN);
  try {
    guard.bind(tools);
  } catch (error) {
    if (!(error instanceof GuardError)) throw error;
    return error.message
      .split("\n")
      .filter((line) => line.startsWith("    "))
      .join("\n");
  }
  throw new Error("the tools fit");
}

test("what a guard says to declare compiles, and the tools fit it then", async () => {
  const object = (properties: object, required: readonly string[] = []) => ({ type: "object", properties, required });
  const tools: HostTool[] = [
    { name: "plain", parameters: object({}) },
    { name: "dotted.name", parameters: object({ a: { type: "string" }, b: { type: "integer" } }, ["a"]) },
    { name: '1-odd "na\\me"\n\u202e', parameters: object({ on: { type: "boolean" }, n: { type: "number" } }) },
    { name: "kinds", parameters: object({ e: { enum: ["a", 'b"c'] }, j: {}, o: object({ x: { type: "string" } }) }) },
    { name: "lists", parameters: object({ l: { type: "array", items: { type: "string" } }, m: { type: "array" } }) },
  ];
  const text = await declarations(tools);
  const guard = await guardOf(`${text}\n${OPEN}`);
  expect(() => guard.bind(tools)).not.toThrow();
});
