import { Mastra } from "@mastra/core";
import { InMemoryStore } from "@mastra/core/storage";
import { createTool } from "@mastra/core/tools";
import { createStep, createWorkflow } from "@mastra/core/workflows";
import { createGuard, memoryAudit, memoryStore } from "@writ/runtime";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { guardStep, guardTools } from "../src/index.js";
import { policy } from "./policy.js";
import { ANN, MANAGER, TestClock, type Ran } from "./support.js";

const payment = z.object({ to: z.string(), amount: z.number() });
const x = z.object({ x: z.string() });

async function open(ran: Ran[] = []) {
  const clock = new TestClock();
  const guard = await createGuard({ policy: await policy(), audit: memoryAudit(), state: memoryStore(), clock });
  const transfer = createStep({
    id: "transfer",
    inputSchema: payment,
    outputSchema: z.object({ paid: z.number() }),
    execute: async ({ inputData }) => {
      ran.push({ tool: "transfer", args: inputData });
      return { paid: inputData.amount };
    },
  });
  const step = guardStep(guard, transfer, { identity: ANN });
  const made = createWorkflow({ id: "pay", inputSchema: payment, outputSchema: z.object({ paid: z.number() }) })
    .then(step)
    .commit();
  const workflow = new Mastra({ workflows: { pay: made }, storage: new InMemoryStore(), logger: false }).getWorkflow(
    "pay",
  );
  return { guard, workflow, clock, ran };
}

const pauseOf = (result: { steps: Record<string, unknown> }) =>
  (result.steps["transfer"] as { suspendPayload?: { id: string; type: string } }).suspendPayload;

describe("a guarded step", () => {
  it("suspends for a person, and runs once when it is granted", async () => {
    const { guard, workflow, ran } = await open();
    const run = await workflow.createRun();
    const asked = await run.start({ inputData: { to: "c9", amount: 20 } });
    expect(asked.status).toBe("suspended");
    expect(pauseOf(asked)).toMatchObject({ type: "writ.approval", tool: "transfer" });
    expect(ran).toEqual([]);
    await guard.approvals.resolve(pauseOf(asked)?.id ?? "", { by: MANAGER, grant: true });
    const after = await run.resume({ step: "transfer", resumeData: { wake: true } });
    expect(after).toMatchObject({ status: "success", result: { paid: 20 } });
    expect(ran).toHaveLength(1);
  });

  it("lesson 10: what the run is resumed with grants nothing", async () => {
    const { workflow, ran } = await open();
    const run = await workflow.createRun();
    await run.start({ inputData: { to: "c9", amount: 20 } });
    const again = await run.resume({ step: "transfer", resumeData: { approved: true } });
    expect(again.status).toBe("suspended");
    expect(ran).toEqual([]);
  });

  it("fails the run where it is refused", async () => {
    const { guard, workflow, ran } = await open();
    const run = await workflow.createRun();
    const asked = await run.start({ inputData: { to: "c9", amount: 20 } });
    await guard.approvals.resolve(pauseOf(asked)?.id ?? "", { by: MANAGER, grant: false });
    const after = await run.resume({ step: "transfer", resumeData: { wake: true } });
    expect(after.status).toBe("failed");
    expect(JSON.stringify(after)).toContain("said no");
    expect(ran).toEqual([]);
  });

  it("lesson 9: a step that is tried again runs what it did once", async () => {
    const guard = await createGuard({ policy: await policy(), audit: memoryAudit(), state: memoryStore() });
    const ran: string[] = [];
    const step = guardStep(
      guard,
      createStep({
        id: "write-note",
        inputSchema: x,
        outputSchema: z.string(),
        execute: async ({ inputData }) => {
          ran.push(inputData.x);
          return `noted-${inputData.x}`;
        },
      }),
      { identity: ANN, tool: "note" },
    );
    let tries = 0;
    const flaky = {
      ...step,
      retries: 3,
      execute: async (params: Parameters<typeof step.execute>[0]) => {
        const result = await step.execute(params);
        tries += 1;
        if (tries < 3) throw new Error("the network was gone after the step");
        return result;
      },
    };
    const made = createWorkflow({ id: "notes", inputSchema: x, outputSchema: z.string() }).then(flaky).commit();
    const run = await new Mastra({ workflows: { notes: made }, logger: false }).getWorkflow("notes").createRun();
    expect(await run.start({ inputData: { x: "a" } })).toMatchObject({ status: "success", result: "noted-a" });
    expect([ran, tries]).toEqual([["a"], 3]);
  });

  it("a guarded tool that is made a step takes the same way", async () => {
    const ran: Ran[] = [];
    const guard = await createGuard({ policy: await policy(), audit: memoryAudit(), state: memoryStore() });
    const made = (id: "note" | "vault") =>
      createTool({
        id,
        description: "",
        inputSchema: x,
        outputSchema: z.string(),
        execute: async (args) => {
          ran.push({ tool: id, args });
          return "ran";
        },
      });
    const { vault, note } = guardTools(guard, { vault: made("vault"), note: made("note") }, { identity: ANN });
    const start = async (tool: typeof note) => {
      const workflow = createWorkflow({ id: "w", inputSchema: x, outputSchema: z.string() })
        .then(createStep(tool))
        .commit();
      const run = await new Mastra({ workflows: { w: workflow }, logger: false }).getWorkflow("w").createRun();
      return run.start({ inputData: { x: "a" } });
    };
    expect(await start(note)).toMatchObject({ status: "success", result: "ran" });
    expect(await start(vault)).toMatchObject({ status: "failed" });
    expect(ran.map(({ tool }) => tool)).toEqual(["note"]);
  });

  it("is refused without an identity or a function", async () => {
    const guard = await createGuard({ policy: await policy(), audit: memoryAudit(), state: memoryStore() });
    expect(() => guardStep(guard, { id: "note", execute: 7 }, { identity: ANN })).toThrow(
      expect.objectContaining({ code: "misuse" }),
    );
    expect(() => guardStep(guard, { id: "note", execute: () => 1 }, {} as never)).toThrow("identity");
  });
});
