import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { bubblewrap } from "../../src/backends/process/process-backend.js";
import { code, sandboxes } from "../../src/index.js";
import { benchWith, type Bench } from "../guard/fake-sandbox.js";

const never = (): never => {
  throw new Error("the host's function was called");
};

const KEEP = `tool workspace.keep (added: [Path], changed: [Path], removed: [Path], diff: Text, digest: Line) {
  effect write  risk low  labels trusted
}
`;

/** A guard whose tool runs programs on copies of a folder. */
async function desk(
  rules: string,
  isolate = "wasm",
  language: "javascript" | "shell" = "javascript",
): Promise<Bench & { folder: string; state: string }> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), "writ-desk-")));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  const [folder, state] = [join(base, "work"), join(base, "state")];
  mkdirSync(folder);
  writeFileSync(join(folder, "notes.txt"), "one\ntwo\n");
  const policy = `policy desk
use std.labels
identity user { id: Id }
tier low  { isolate inline }
tier high { isolate ${isolate}  time 20s  memory 128MB }
tool run (program: Text, folder: Path) -> Text { effect exec, write  risk high  labels trusted }
allow work on run { when folder under "${folder}" }
${rules}`;
  const machine = sandboxes({ tools: { run: code(language, "program") }, workspaces: { state } });
  const bench = await benchWith(policy, machine);
  onTestFinished(() => bench.guard.close());
  return { ...bench, folder, state };
}

const write = (folder: string) => ({
  tool: "run",
  args: {
    folder,
    program: `await world.files.write("${folder}/notes.txt", "one\\n2\\n");
      await world.files.write("${folder}/new.txt", "new");
      return await world.files.readText("${folder}/notes.txt");`,
  },
});

describe("calls on copies of the folders that they may write", () => {
  test("what a call changed is kept when it is done, and the record tells it", async () => {
    const { session, audit, folder, state } = await desk("");
    const outcome = await session.call(write(folder), never);
    expect(outcome).toMatchObject({ status: "done", result: "one\n2\n" });
    expect(readFileSync(join(folder, "notes.txt"), "utf8")).toBe("one\n2\n");
    expect(readFileSync(join(folder, "new.txt"), "utf8")).toBe("new");
    const kept = audit.records().find((record) => record.type === "intent" && record.tool === "workspace.keep");
    expect(kept).toMatchObject({
      effect: "allow",
      args: { masked: { added: [`${folder}/new.txt`], changed: [`${folder}/notes.txt`], removed: [] } },
    });
    const ended = audit.records().find((record) => record.type === "outcome" && record.tool === "run");
    expect(ended).toMatchObject({ status: "done", changes: { added: 1, changed: 1, removed: 0 } });
    expect(readdirSync(state).flatMap((one) => readdirSync(join(state, one)))).toEqual(["lock"]);
  });

  test("a rule that forbids keeping drops all of it, and the call has failed", async () => {
    const { session, folder } = await desk(`${KEEP}allow keep on workspace.keep {}
forbid fresh on workspace.keep { when some added like "**/new.txt" }`);
    const outcome = await session.call(write(folder), never);
    expect(outcome).toMatchObject({
      status: "failed",
      message: expect.stringContaining("changes were not kept") as string,
    });
    expect(readdirSync(folder)).toEqual(["notes.txt"]);
    expect(readFileSync(join(folder, "notes.txt"), "utf8")).toBe("one\ntwo\n");
  });

  test("an approver sees the diff, and until somebody agrees nothing is changed", async () => {
    const { guard, session, folder } = await desk(`${KEEP}role boss { user.id == "bob" }
ask look on workspace.keep { from boss  show changed, diff }`);
    const first = await session.call(write(folder), never);
    expect(first).toMatchObject({ status: "failed" });
    expect(readFileSync(join(folder, "notes.txt"), "utf8")).toBe("one\ntwo\n");
    const [waiting] = await guard.approvals.list();
    expect(JSON.stringify(waiting)).toContain("-two");
    expect(JSON.stringify(waiting)).toContain("+2");
    await guard.approvals.resolve(waiting?.id ?? "", { grant: true, by: { id: "bob" } });
    // The grant is for exactly these changes: the same program on the same folder makes them again.
    const other = { tool: "run", args: { folder, program: `await world.files.write("${folder}/notes.txt", "else")` } };
    expect(await session.call(other, never)).toMatchObject({ status: "failed" });
    expect(await session.call(write(folder), never)).toMatchObject({ status: "done" });
    expect(readFileSync(join(folder, "notes.txt"), "utf8")).toBe("one\n2\n");
  });

  test("what a program asked for and did not wait for does not happen after its end", async () => {
    const { session, folder } = await desk("");
    const program = `for (let i = 0; i < 20; i += 1) world.files.write("${folder}/f" + i, "x"); return "done";`;
    await session.call({ tool: "run", args: { folder, program } }, never);
    const then = readdirSync(folder);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(readdirSync(folder)).toEqual(then);
  });

  test("a call that fails changes nothing", async () => {
    const { session, folder } = await desk("");
    const program = `await world.files.write("${folder}/notes.txt", "gone"); throw new Error("no");`;
    expect(await session.call({ tool: "run", args: { folder, program } }, never)).toMatchObject({ status: "failed" });
    expect(readFileSync(join(folder, "notes.txt"), "utf8")).toBe("one\ntwo\n");
  });

  test("a shell in the process tier works on the copy, and what it may not leave behind is not kept", async (context) => {
    const backend = bubblewrap();
    const probe = await backend.probe();
    await backend.close();
    if (!probe.ok) context.skip(`process tier: ${probe.why}`);
    const { session, folder } = await desk("", "process", "shell");
    const good = await session.call(
      {
        tool: "run",
        args: { folder, program: `cd ${folder} && echo 3 >> notes.txt && mkdir d && echo x > d/x && cat notes.txt` },
      },
      never,
    );
    expect(good).toMatchObject({ status: "done" });
    expect(readFileSync(join(folder, "notes.txt"), "utf8")).toBe("one\ntwo\n3\n");
    expect(readFileSync(join(folder, "d/x"), "utf8")).toBe("x\n");
    const bad = await session.call(
      { tool: "run", args: { folder, program: `cd ${folder} && rm -r d && ln -s /etc/shadow link` } },
      never,
    );
    expect(bad).toMatchObject({ status: "failed", message: expect.stringContaining("leads out of it") as string });
    expect(readdirSync(folder).toSorted()).toEqual(["d", "notes.txt"]);
  });
});
