import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";

const run = promisify(execFile);
const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const readme = readFile(join(import.meta.dirname, "../README.md"), "utf8");

/** The text of every fenced block of a language, in order. */
async function blocks(language: string): Promise<string[]> {
  const text = await readme;
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map(
    (match) => match[1] ?? "",
  );
}

/** Both sides of a diff. */
function sides(diff: string): { readonly before: string; readonly after: string; readonly changed: number } {
  const lines = diff.split("\n");
  const side = (not: string): string =>
    lines.flatMap((line) => (line.startsWith(not) ? [] : [line.slice(1)])).join("\n");
  return { before: side("+"), after: side("-"), changed: lines.filter((line) => line.startsWith("+")).length };
}

/** Runs programs as a user would, with the packages as they were built, in a folder of its own. */
async function runPrograms(files: { readonly [name: string]: string }): Promise<unknown> {
  // Below this package, so that its dependencies are found.
  const folder = await mkdtemp(join(import.meta.dirname, ".readme-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const { stdout } = await run(process.execPath, ["program.js"], { cwd: folder });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}

const IMPORTS = `
import { Mastra } from "@mastra/core";
import { createTool } from "@mastra/core/tools";
import { createStep, createWorkflow } from "@mastra/core/workflows";
import { InMemoryStore } from "@mastra/core/storage";
import { RequestContext } from "@mastra/core/request-context";
import { convertArrayToReadableStream, MockLanguageModelV4 } from "ai/test";
import { z } from "zod";
`;

const SCRIPTED = `
const usage = { inputTokens: { total: 1 }, outputTokens: { total: 1 } };
/** A model that makes the given calls, one a turn, and then says that it is done. */
function scripted(calls) {
  let turn = 0;
  return new MockLanguageModelV4({ doGenerate: async () => {
    const call = calls[turn];
    turn += 1;
    return { content: [call === undefined
      ? { type: "text", text: "done" }
      : { type: "tool-call", toolCallId: "c" + turn, toolName: "refund", input: JSON.stringify(call) }],
      finishReason: { unified: call === undefined ? "stop" : "tool-calls" }, usage, warnings: [] };
  } });
}
const paid = [];
const inputSchema = z.object({ customer: z.string(), amount: z.number(), note: z.string() });
const outputSchema = z.string();
const pay = async ({ amount }) => { paid.push(amount); return "paid"; };
const raw = { refund: createTool({ id: "refund", description: "", inputSchema, execute: pay }) };
const ask = (amount) => ({ customer: "c9", amount, note: "late" });
const messages = "refund";
const requestContext = new RequestContext();
requestContext.set("user", { id: "ann", groups: ["support"] });
const model = scripted([ask(20), ask(5000), ask(120)]);
const desk = supportDesk({ model, tools: raw });
const agent = new Mastra({ agents: { desk }, storage: new InMemoryStore(), logger: false }).getAgent("desk");
`;

describe("the README of this package (lesson 22)", () => {
  it("changes no more than six lines of a working agent, which then refuses, pauses for a manager and pays once", async () => {
    const [policy = ""] = await blocks("policy");
    const [diff = ""] = await blocks("diff");
    const [guard = "", approve = "", step = ""] = await blocks("js");
    const { before, after, changed } = sides(diff);
    expect(changed).toBeLessThanOrEqual(6);

    const unguarded = `${IMPORTS}${before}${SCRIPTED}
await agent.generate(messages, { requestContext });
console.log(JSON.stringify(paid));`;
    expect(await runPrograms({ "program.js": unguarded })).toEqual([20, 5000, 120]);

    const guarded = `${IMPORTS}${after}${SCRIPTED}
${approve}
const prompts = JSON.stringify(model.doGenerateCalls.at(-1).prompt);

const identity = () => ({ user: { id: "ann", groups: ["support"] }, agent: { id: "flow" } });
const execute = ({ inputData }) => pay(inputData);
${step}
const refunds = createWorkflow({ id: "refunds", inputSchema, outputSchema }).then(refund).commit();
const run = await new Mastra({ workflows: { refunds }, logger: false }).getWorkflow("refunds").createRun();
const { status } = await run.start({ inputData: ask(30) });
await guard.close();
console.log(JSON.stringify({ paid, text: answer.text, refused: prompts.includes("Refused by policy"), show: suspendPayload.show[1].text, status }));
`;
    const shown = await runPrograms({ "guard.js": guard, "support.policy": policy, "program.js": guarded });
    expect(shown).toMatchObject({ paid: [20, 120, 30], text: "done", refused: true, status: "success" });
  });
});
