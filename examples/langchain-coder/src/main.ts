import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ToolMessage, type BaseMessage } from "@langchain/core/messages";
import { Coder } from "./coder.js";
import { ScriptedModel } from "./scripted-model.js";
import { startGuard } from "./start-guard.js";

const out = join(process.cwd(), "out");
const work = join(out, "workspace");
await rm(out, { recursive: true, force: true });
await mkdir(work, { recursive: true });
await writeFile(join(work, "app.js"), 'const key = "AKIAIOSFODNN7EXAMPLE";\nexport const add = (a, b) => a - b;\n');
await writeFile(join(work, ".env"), "KEY=secret\n");
await writeFile(join(work, "old.js"), "// nobody needs this\n");

const model = new ScriptedModel([
  { name: "read_file", args: { path: join(work, "app.js") } },
  { name: "write_file", args: { path: join(work, "app.js"), text: "export const add = (a, b) => a + b;\n" } },
  { name: "read_file", args: { path: join(work, ".env") } },
  { name: "read_file", args: { path: "/etc/passwd" } },
  { name: "delete_file", args: { path: join(work, "old.js") } },
]);
const guard = await startGuard(out, work);
const coder = new Coder(guard, model, work, { id: "dana", groups: ["developers"] });

show(await coder.work("add() is wrong. Clean up, too."));
for (const { id, shown, show: args } of await guard.approvals.list()) {
  console.log("asked:", args.map(({ name, text }) => `${name} = ${text}`).join(", "));
  await guard.approvals.resolve(id, { by: { id: "rob", groups: ["reviewers"] }, grant: true, shown });
}
show((await coder.wake()).slice(-2));
await guard.close();

function show(messages: readonly BaseMessage[]): void {
  for (const message of messages)
    if (ToolMessage.isInstance(message)) console.log(`${message.name ?? "?"}: ${message.text.trim()}`);
}
