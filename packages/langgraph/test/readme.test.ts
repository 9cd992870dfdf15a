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

/** The text of every fenced block of a language, in order. */
async function blocks(file: string, language: string): Promise<string[]> {
  const text = await readFile(join(import.meta.dirname, file), "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map(
    (match) => match[1] ?? "",
  );
}

/** Runs a program as a user would, with the packages as they were built, in a folder of its own. */
async function runProgram(files: { readonly [name: string]: string }, program: string): Promise<unknown> {
  // Below this package, so that its dependencies are found.
  const folder = await mkdtemp(join(import.meta.dirname, ".readme-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await writeFile(join(folder, "program.mjs"), program);
  const { stdout } = await run(process.execPath, ["program.mjs"], { cwd: folder });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}

const SCRIPTED = `
import { AIMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { z } from "zod";
/** A model that makes the given calls, one a turn, and then says what it was answered. */
function scripted(calls) {
  let turn = 0;
  return { invoke: (messages) => turn < calls.length
    ? new AIMessage({ content: "", tool_calls: [{ id: "c" + (turn += 1), type: "tool_call", ...calls[turn - 1] }] })
    : new AIMessage(messages.filter((one) => one instanceof ToolMessage).map((one) => one.content).join(" | ")) };
}
`;

describe("the README of the repository", () => {
  it("guards a tool node with its ten lines of policy and ten lines of code, and says what is said there", async () => {
    const readme = "../../../README.md";
    const [policy = ""] = await blocks(readme, "policy");
    const [code = ""] = await blocks(readme, "ts");
    const [forModel = "", forPeople = ""] = await blocks(readme, "text");
    const looked = code.replace(
      "createGuard({",
      "createGuard({\n  observe: ({ outcome }) => seen.push(outcome.explanation.join()),",
    );
    const shown = await runProgram(
      { "support.policy": policy },
      `${SCRIPTED}
import { MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { toolsCondition } from "@langchain/langgraph/prebuilt";
const seen = [], sent = [];
const sendMail = tool((mail) => { sent.push(mail.to); return "sent"; }, { name: "send_mail", description: "", schema: z.object({ to: z.array(z.string()), body: z.string() }) });
const signedInUser = () => ({ id: "ann", groups: ["support"] });
const mail = (to) => ({ name: "send_mail", args: { to: [to], body: "hi" } });
${looked}
const model = scripted([mail("spy@evil.test"), mail("Bob <bob@ACME.com>")]);
const agent = new StateGraph(MessagesAnnotation)
  .addNode("model", ({ messages }) => ({ messages: [model.invoke(messages)] })).addNode("tools", tools)
  .addEdge(START, "model").addConditionalEdges("model", toolsCondition).addEdge("tools", "model").compile();
const { messages } = await agent.invoke({ messages: [] });
await guard.close();
console.log(JSON.stringify({ last: messages.at(-1).content, sent, refused: seen[0] }));
`,
    );
    expect(shown).toEqual({ last: `${forModel.trim()} | sent`, sent: [["bob@acme.com"]], refused: forPeople.trim() });
  });
});

/** The program before and after the change that a diff shows. */
function sides(diff: string): { before: string; after: string; added: number } {
  const lines = diff.split("\n");
  const side = (mark: string): string =>
    lines
      .filter((line) => !line.startsWith(mark))
      .map((line) => line.slice(1))
      .join("\n");
  return { before: side("+"), after: side("-"), added: lines.filter((line) => line.startsWith("+")).length };
}

const DESK = `${SCRIPTED}
import { supportAgent } from "./agent.js";
const paid = [];
const refund = tool((args) => { paid.push(args.amount); return "paid"; }, { name: "refund", description: "", schema: z.object({ customer: z.string(), amount: z.number(), note: z.string() }) });
const lookup = tool(() => "Ann", { name: "lookup_customer", description: "", schema: z.object({ id: z.string() }) });
const ask = (amount) => ({ name: "refund", args: { customer: "c9", amount, note: "late" } });
const agent = supportAgent({ model: scripted([ask(20), ask(5000), ask(120)]), tools: [lookup, refund], user: { id: "ann", groups: ["support"] } });
const messages = [];
`;

describe("the README of this package", () => {
  it("lesson 22: the graph it begins with runs, and pays whatever the model says", async () => {
    const [diff = ""] = await blocks("../README.md", "diff");
    const program = `${DESK}
await agent.invoke({ messages }, { configurable: { thread_id: "t1" } });
console.log(JSON.stringify(paid));
`;
    expect(await runProgram({ "agent.js": sides(diff).before }, program)).toEqual([20, 5000, 120]);
  });
  it("lesson 22: with no more than six lines it refuses one, asks a manager of another, and pays each once", async () => {
    const [policy = ""] = await blocks("../README.md", "policy");
    const [diff = ""] = await blocks("../README.md", "diff");
    const [guard = "", approval = ""] = await blocks("../README.md", "js");
    const { after, added } = sides(diff);
    expect(added).toBeLessThanOrEqual(6);
    const shown = await runProgram(
      { "refunds.policy": policy, "agent.js": after, "guard.js": guard },
      `${DESK}
import { guard } from "./guard.js";
import { assertGuarded } from "@writ/langgraph";
assertGuarded(agent, guard);
${approval}
const { values } = await agent.getState({ configurable: { thread_id: "t1" } });
await guard.close();
console.log(JSON.stringify({ paid, last: values.messages.at(-1).content, kind: value.type }));
`,
    );
    expect(shown).toMatchObject({ paid: [20, 120], kind: "writ.approvals" });
    expect((shown as { last: string }).last).toMatch(/^paid \| Refused by policy.* \| paid$/);
  });
});
