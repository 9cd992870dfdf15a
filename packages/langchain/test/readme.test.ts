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
async function blocks(language: string): Promise<string[]> {
  const text = await readFile(join(import.meta.dirname, "../README.md"), "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map(
    (match) => match[1] ?? "",
  );
}

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

const SCRIPTED = `
import { AIMessage, ToolMessage } from "@langchain/core/messages";
import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { tool } from "langchain";
import { z } from "zod";
import { supportAgent } from "./agent.js";
/** A model that makes the given calls, one a turn, and then says what it was answered. */
class Scripted extends BaseChatModel {
  constructor(calls) { super({}); this.calls = calls; }
  _llmType() { return "scripted"; }
  bindTools() { return this; }
  async _generate(messages) {
    const turn = messages.filter((one) => one.getType() === "ai").length;
    const message = turn < this.calls.length
      ? new AIMessage({ id: "m" + turn, content: "", tool_calls: [{ id: "c" + turn, type: "tool_call", ...this.calls[turn] }] })
      : new AIMessage(messages.filter((one) => ToolMessage.isInstance(one)).map((one) => one.text).join(" | "));
    return { generations: [{ text: message.text, message }] };
  }
}
const paid = [];
const refund = tool((args) => { paid.push(args.amount); return "paid"; }, { name: "refund", description: "Pays back.", schema: z.object({ customer: z.string(), amount: z.number(), note: z.string() }) });
const lookup = tool(() => "Ann", { name: "lookup_customer", description: "Finds.", schema: z.object({ id: z.string() }) });
const ask = (amount) => ({ name: "refund", args: { customer: "c9", amount, note: "late" } });
const user = { id: "ann", groups: ["support"] };
const agent = supportAgent({ model: new Scripted([ask(20), ask(5000), ask(120)]), tools: [lookup, refund], user });
const messages = [{ role: "user", content: "pay" }];
`;

/** Runs a program as a user would, with the packages as they were built, below this package so that they are found. */
async function ran(files: { readonly [name: string]: string }): Promise<unknown> {
  const folder = await mkdtemp(join(import.meta.dirname, ".readme-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const { stdout } = await run(process.execPath, ["program.js"], { cwd: folder });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}

describe("the README of this package", () => {
  it("lesson 22: the agent it begins with runs, and pays whatever the model says", async () => {
    const [diff = ""] = await blocks("diff");
    const program = `${SCRIPTED}
const out = await agent.invoke({ messages }, { configurable: { thread_id: "t1" } });
console.log(JSON.stringify({ paid, last: out.messages.at(-1).text }));
`;
    expect(await ran({ "agent.js": sides(diff).before, "program.js": program })).toEqual({
      paid: [20, 5000, 120],
      last: "paid | paid | paid",
    });
  });
  it("lesson 22: with no more than six lines it refuses one, asks a manager of another, and pays each once", async () => {
    const [diff = ""] = await blocks("diff");
    const [policy = ""] = await blocks("policy");
    const [guard = "", approval = ""] = await blocks("js");
    const { after, added } = sides(diff);
    expect(added).toBeLessThanOrEqual(6);
    const program = `${SCRIPTED}
import { guard } from "./guard.js";
import { assertGuarded } from "@writ/langchain";
assertGuarded(agent, guard);
${approval}
const { values } = await agent.graph.getState({ configurable: { thread_id: "t1" } });
await guard.close();
console.log(JSON.stringify({ paid, last: values.messages.at(-1).text, kind: value.type }));
`;
    const shown = await ran({ "agent.js": after, "guard.js": guard, "refunds.policy": policy, "program.js": program });
    expect(shown).toMatchObject({ paid: [20, 120], kind: "writ.approvals" });
    expect((shown as { last: string }).last).toMatch(/^paid \| Refused by policy.* \| paid$/);
  });
});
