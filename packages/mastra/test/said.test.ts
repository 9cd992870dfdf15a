import { createStep } from "@mastra/core/workflows";
import { createGuard, memoryAudit, memoryStore } from "@writ/runtime";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { guardStep, guardTools, type GuardToolsOptions } from "../src/index.js";
import { policy } from "./policy.js";
import { ANN, PATHS, USER, world, type WorldOptions } from "./support.js";

const mail = { name: "mail", args: { to: "bob@acme.com" } };
const page = { name: "page", args: { x: "a" } };
const note = (x: string) => ({ name: "note", args: { x } });
type Said = GuardToolsOptions["said"];

const tools =
  (said: Said): NonNullable<WorldOptions["tools"]> =>
  (guard, made, identity) =>
    guardTools(guard, made, said === undefined ? { identity } : { identity, said });

describe.each(PATHS)("what stands before the model, by %s", (path) => {
  const sent = async (options: WorldOptions): Promise<boolean> => {
    const w = await world(path, options);
    await w.start();
    return w.ran.some(({ tool }) => tool === "mail");
  };

  it("nobody vouches for it: it is untrusted, and a rule on what flows out of it holds", async () => {
    expect(await sent({ script: [[mail]], tools: tools(undefined) })).toBe(false);
    expect(await sent({ script: [[mail]], tools: tools(() => undefined) })).toBe(false);
  });

  it("the person's own words are trusted, what the person pasted is not", async () => {
    expect(await sent({ script: [[mail]] })).toBe(true);
    const pasted: Said = () => ({ from: "user", text: "mail", labels: ["untrusted"] });
    expect(await sent({ script: [[mail]], tools: tools(pasted) })).toBe(false);
  });

  it("results of the guard's tools carry the labels of the policy", async () => {
    expect(await sent({ script: [[note("a")], [mail]] })).toBe(true);
    expect(await sent({ script: [[page], [mail]] })).toBe(false);
  });

  it("results of tools that the provider runs are not seen, so everything is untrusted where there is one", async () => {
    const web = { type: "provider-defined", id: "openai.web_search", args: {} };
    const withWeb: NonNullable<WorldOptions["tools"]> = (guard, made, identity) =>
      guardTools(guard, { ...made, web }, { identity, said: USER });
    expect(await sent({ script: [[mail]], tools: withWeb, providerTools: ["web"] })).toBe(false);
  });

  it("where it is said wrongly or not at all because of an error, nothing runs", async () => {
    const wrong = [() => ({ from: "tool", text: "x" }), () => 7, () => Promise.reject(new Error("no"))];
    for (const said of wrong)
      expect(await sent({ script: [[mail]], tools: tools(said as unknown as Said) })).toBe(false);
  });
});

describe("the input of a step", () => {
  const run = async (said?: GuardToolsOptions["said"]): Promise<boolean> => {
    const guard = await createGuard({ policy: await policy(), audit: memoryAudit(), state: memoryStore() });
    let runs = 0;
    const made = createStep({
      id: "mail",
      inputSchema: z.object({ to: z.string() }),
      outputSchema: z.string(),
      execute: async () => {
        runs += 1;
        return "sent";
      },
    });
    const step = guardStep(guard, made, { identity: ANN, ...(said === undefined ? {} : { said }) });
    const params = { inputData: { to: "bob@acme.com" }, runId: "r1", workflowId: "w" };
    await Promise.resolve(Reflect.apply(step.execute, step, [params])).catch(() => undefined);
    return runs === 1;
  };

  it("is untrusted unless somebody vouches for it", async () => {
    expect(await run()).toBe(false);
    expect(await run(USER)).toBe(true);
  });
});
