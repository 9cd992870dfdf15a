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
import { convertToModelMessages, isStepCount, streamText, tool } from "ai";
import { convertArrayToReadableStream, MockLanguageModelV4 } from "ai/test";
import { z } from "zod";
`;

const SCRIPTED = `
const usage = { inputTokens: { total: 1 }, outputTokens: { total: 1 } };
/** A model that makes the given calls, one a turn, and then says that it is done. */
export function scripted(calls) {
  let turn = 0;
  return new MockLanguageModelV4({ doStream: async () => {
    const call = calls[turn];
    turn += 1;
    const said = call === undefined
      ? [{ type: "text-start", id: "t" }, { type: "text-delta", id: "t", delta: "done" }, { type: "text-end", id: "t" }]
      : [{ type: "tool-call", toolCallId: "c" + turn, toolName: "refund", input: JSON.stringify(call) }];
    return { stream: convertArrayToReadableStream([{ type: "stream-start", warnings: [] }, ...said,
      { type: "finish", finishReason: { unified: call === undefined ? "stop" : "tool-calls" }, usage }]) };
  } });
}
const paid = [];
const refund = tool({ description: "", inputSchema: z.object({ customer: z.string(), amount: z.number(), note: z.string() }),
  execute: async ({ amount }) => { paid.push(amount); return "paid"; } });
const ask = (amount) => ({ customer: "c9", amount, note: "late" });
const user = { id: "ann", groups: ["support"] };
const messages = [{ id: "m1", role: "user", parts: [{ type: "text", text: "refund" }] }];
const model = scripted([ask(20), ask(5000), ask(120)]);
`;

describe("the README of this package (lesson 22)", () => {
  it("changes no more than six lines of a working chat route, which then refuses, pauses for a manager and pays once", async () => {
    const [policy = ""] = await blocks("policy");
    const [diff = ""] = await blocks("diff");
    const [guard = "", read = "", approve = ""] = await blocks("js");
    const { before, after, changed } = sides(diff);
    expect(changed).toBeLessThanOrEqual(6);

    const unguarded = `${IMPORTS}${before}${SCRIPTED}
await (await chat({ model, tools: { refund }, messages, user, id: "chat-1" })).consumeStream();
console.log(JSON.stringify(paid));`;
    expect(await runPrograms({ "program.js": unguarded })).toEqual([20, 5000, 120]);

    const guarded = `${IMPORTS}import { readUIMessageStream, toUIMessageStream } from "ai";
${read.split("\n").find((line) => line.startsWith("import"))}
${after}${SCRIPTED}
const route = async () => {
  const result = await chat({ model, tools: { refund }, messages, user, id: "chat-1" });
  const last = messages.at(-1);
  const message = last.role === "assistant" ? last : undefined;
  const stream = toUIMessageStream({ stream: result.stream, originalMessages: messages });
  let made;
  for await (const one of readUIMessageStream({ stream, ...(message ? { message: structuredClone(message) } : {}) })) made = one;
  messages.splice(message ? -1 : messages.length, message ? 1 : 0, made);
  return made;
};
let said = await route();
const part = said.parts.find((one) => one.state === "approval-requested");
${read.replace(/^import.*$/m, "")}
const addToolApprovalResponse = ({ id, approved }) => {
  Object.assign(part, { state: "approval-responded", approval: { ...part.approval, id, approved } });
};
${approve}
said = await route();
await guard.close();
const outputs = said.parts.flatMap((one) => one.output ?? one.errorText ?? one.approval?.reason ?? []);
console.log(JSON.stringify({ paid, outputs, show: asked.show[1].text }));
`;
    const shown = await runPrograms({ "guard.js": guard, "support.policy": policy, "program.js": guarded });
    expect(shown).toMatchObject({ paid: [20, 120] });
    expect(JSON.stringify(shown)).toContain("Refused by policy");
  });
});
