import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ToolMessage, type BaseMessage } from "@langchain/core/messages";
import { verifyAudit } from "@writ/runtime/node";
import { afterEach, describe, expect, it } from "vitest";
import { Coder } from "../src/coder.js";
import { ScriptedModel, type Line } from "../src/scripted-model.js";
import { startGuard } from "../src/start-guard.js";

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const said = (messages: readonly BaseMessage[]): string[] =>
  messages.filter((one) => ToolMessage.isInstance(one)).map((one) => one.text);

async function desk(script: (work: string) => readonly Line[]) {
  const out = await mkdtemp(join(tmpdir(), "writ-coder-"));
  folders.push(out);
  const work = join(out, "workspace");
  await mkdir(work);
  await writeFile(join(work, "app.js"), 'const key = "AKIAIOSFODNN7EXAMPLE";\n');
  await writeFile(join(work, ".env"), "KEY=secret\n");
  const guard = await startGuard(out, work);
  const coder = new Coder(guard, new ScriptedModel(script(work)), work, { id: "dana", groups: ["developers"] });
  return { out, work, guard, coder };
}

describe("the coding agent", () => {
  it("reads and writes its workspace, and reads no key", async () => {
    const { work, guard, coder, out } = await desk((root) => [
      { name: "read_file", args: { path: join(root, "app.js") } },
      { name: "write_file", args: { path: join(root, "sub/../new.js"), text: "1" } },
    ]);
    const answers = said(await coder.work("go"));
    expect(answers[0]).toContain("const key");
    expect(answers[0]).not.toContain("AKIAIOSFODNN7EXAMPLE");
    expect(await readFile(join(work, "new.js"), "utf8")).toBe("1");
    await guard.close();
    expect((await verifyAudit(join(out, "audit"))).ok).toBe(true);
  });
  it.each([
    ["a file with keys", (root: string) => join(root, ".env")],
    ["a file outside", () => "/etc/passwd"],
    ["a way out", (root: string) => `${root}/../../etc/passwd`],
    ["a folder whose name begins alike", (root: string) => `${root}-other/a.js`],
  ])("is refused %s", async (_what, path) => {
    const { guard, coder } = await desk((root) => [{ name: "read_file", args: { path: path(root) } }]);
    expect(said(await coder.work("go"))[0]).toMatch(/^Refused by policy/);
    await guard.close();
  });
  it("follows no link out of the workspace", async () => {
    const { work, guard, coder } = await desk((root) => [{ name: "read_file", args: { path: join(root, "link") } }]);
    await symlink("/etc/passwd", join(work, "link"));
    expect(said(await coder.work("go"))[0]).toMatch(/leads out of the workspace/);
    await guard.close();
  });
  it("deletes when a reviewer agrees, and not when somebody wakes it", async () => {
    const { work, guard, coder } = await desk((root) => [
      { name: "delete_file", args: { path: join(root, "app.js") } },
    ]);
    await coder.work("go");
    await coder.wake();
    expect(await readFile(join(work, "app.js"), "utf8")).toContain("key");
    const [asked] = await guard.approvals.list();
    const own = await guard.approvals.resolve(asked?.id ?? "", {
      by: { id: "dana", groups: ["reviewers"] },
      grant: true,
    });
    expect(own.ok).toBe(false);
    await guard.approvals.resolve(asked?.id ?? "", { by: { id: "rob", groups: ["reviewers"] }, grant: true });
    expect(said(await coder.wake())).toEqual(["deleted"]);
    await expect(readFile(join(work, "app.js"), "utf8")).rejects.toThrow(/ENOENT/);
    await guard.close();
  });
});
