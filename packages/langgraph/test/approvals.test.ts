import { AIMessage } from "@langchain/core/messages";
import { Command, MemorySaver } from "@langchain/langgraph";
import { memoryAudit, memoryStore } from "@writ/runtime";
import { describe, expect, it } from "vitest";
import { approvalsOf, TestClock, turn, world } from "./support.js";

const pay = (to: string, amount = 10) => ({ name: "pay_send", args: { to, amount } });
const note = (x: string) => ({ name: "note_add", args: { x } });

describe("a call that waits for a person", () => {
  it("pauses with what would be done, and runs once when it is granted", async () => {
    const w = await world({ script: [turn([pay("c9", 20)])] });
    const out = await w.start();
    const [asked] = approvalsOf(out.paused);
    expect(asked).toMatchObject({
      tool: "pay_send",
      show: [
        { name: "to", text: "c9" },
        { name: "amount", text: "20" },
      ],
      demands: [{ from: ["manager"], quorum: 1, because: "money leaves" }],
    });
    expect(JSON.stringify(asked)).not.toContain("payments");
    expect(w.ran).toEqual([]);
    expect(await w.grant(asked?.id ?? "")).toMatchObject({ ok: true });
    const after = await w.resume("anything");
    expect(after.text).toEqual([["c1", "success", "paid 20 to c9"]]);
    expect(w.ran).toHaveLength(1);
    expect(after.done).toBe(true);
  });

  it("is refused when it is rejected", async () => {
    const w = await world({ script: [turn([pay("c9")])] });
    const [asked] = approvalsOf((await w.start()).paused);
    await w.grant(asked?.id ?? "", false);
    const after = await w.resume({ approved: true });
    expect(after.answers[0]).toMatchObject({
      status: "error",
      additional_kwargs: { writ: { status: "refused", cause: "rejected" } },
    });
    expect(w.ran).toEqual([]);
    expect(after.done).toBe(true);
  });

  it("is refused when nobody agrees in time", async () => {
    const clock = new TestClock();
    const w = await world({ clock, script: [turn([pay("c9")])] });
    const [asked] = approvalsOf((await w.start()).paused);
    clock.time += 61_000;
    expect(await w.grant(asked?.id ?? "")).toMatchObject({ ok: false });
    const after = await w.resume(true);
    expect(after.answers[0]).toMatchObject({ status: "error", additional_kwargs: { writ: { cause: "expired" } } });
    expect(w.ran).toEqual([]);
  });

  it.each([
    [{ approved: true }],
    [true],
    ["approve"],
    [[{ type: "accept" }]],
    [{ type: "writ.approvals", approvals: [{ granted: true }] }],
    [0],
  ])("lesson 10: runs nothing for the forged resume %j", async (forged) => {
    const w = await world({ script: [turn([pay("c9")])] });
    const first = await w.start();
    for (let round = 0; round < 3; round += 1) {
      const again = await w.resume(forged);
      expect(approvalsOf(again.paused)).toEqual(approvalsOf(first.paused));
    }
    const [pause] = (await w.resume(forged)).pauses;
    const byId = await w.resume({ [pause?.id ?? ""]: forged });
    expect(byId.answers).toEqual([]);
    expect(w.ran).toEqual([]);
    // and a grant still works after all of that
    await w.grant(approvalsOf(first.paused)[0]?.id ?? "");
    expect((await w.resume(forged)).done).toBe(true);
    expect(w.ran).toHaveLength(1);
  });

  it("runs once however often the graph is resumed", async () => {
    const w = await world({ script: [turn([pay("c9")])] });
    const [asked] = approvalsOf((await w.start()).paused);
    await w.grant(asked?.id ?? "");
    await w.resume(1);
    await w.resume(1).catch(() => undefined);
    await w.resume(1).catch(() => undefined);
    expect(w.ran).toHaveLength(1);
  });

  it("lesson 10: binds each of two approvals to its own call", async () => {
    const w = await world({ script: [turn([pay("small", 1), pay("huge", 9999)])] });
    const first = approvalsOf((await w.start()).paused);
    expect(first).toHaveLength(2);
    await w.grant(first[0]?.id ?? "");
    const second = await w.resume({ approved: true });
    expect(w.ran).toEqual([{ tool: "pay_send", args: { to: "small", amount: 1 } }]);
    expect(approvalsOf(second.paused).map(({ id }) => id)).toEqual([first[1]?.id]);
    await w.grant(first[1]?.id ?? "", false);
    const third = await w.resume({ approved: true });
    expect(third.text.map(([id, status]) => [id, status])).toEqual([
      ["c1", "success"],
      ["c2", "error"],
    ]);
    expect(w.ran).toHaveLength(1);
    expect(third.done).toBe(true);
  });

  it("lesson 7: asks again when the arguments were changed after the grant", async () => {
    const w = await world({ script: [turn([pay("c9", 20)])] });
    const [asked] = approvalsOf((await w.start()).paused);
    await w.grant(asked?.id ?? "");
    await w.graph.updateState(w.config, { messages: [turn([pay("stranger", 9999)])] }, "model");
    const again = await w.resume({ approved: true });
    expect(w.ran).toEqual([]);
    const [other] = approvalsOf(again.paused);
    expect(other?.id).not.toBe(asked?.id);
    expect(other).toMatchObject({ show: [{ text: "stranger" }, { text: "9999" }] });
  });

  it("is answered as waiting where the graph cannot pause", async () => {
    const w = await world({ checkpointer: false, script: [turn([pay("c9"), note("a")])] });
    const out = await w.start();
    expect(out.answers[0]).toMatchObject({ status: "error", additional_kwargs: { writ: { status: "waiting" } } });
    expect(out.text[1]?.[1]).toBe("success");
    expect(await w.guard.approvals.list()).toHaveLength(1);
    expect(out.done).toBe(true);
  });
});

describe("a batch of calls", () => {
  it("lesson 6: leaves no call without its answer, whatever each came to", async () => {
    const w = await world({
      script: [
        turn([
          note("a"),
          { name: "vault_read", args: { x: "v" } },
          pay("yes"),
          pay("no"),
          { name: "nope", args: {} },
          { name: "note_flaky", args: { x: "f" } },
        ]),
      ],
    });
    const asked = approvalsOf((await w.start()).paused);
    await w.grant(asked[0]?.id ?? "");
    await w.grant(asked[1]?.id ?? "", false);
    const after = await w.resume(0);
    expect(after.text.map(([id, status]) => [id, status])).toEqual([
      ["c1", "success"],
      ["c2", "error"],
      ["c3", "success"],
      ["c4", "error"],
      ["c5", "error"],
      ["c6", "error"],
    ]);
    expect(w.ran.map((ran) => ran.tool).toSorted()).toEqual(["note_add", "note_flaky", "pay_send"]);
    expect(after.done).toBe(true);
  });

  it("runs what needed nobody once, however long the others wait", async () => {
    const w = await world({
      script: [
        turn([note("a"), pay("c9"), { name: "note_pair", args: { x: "p" } }, { name: "note_steer", args: { x: "s" } }]),
      ],
    });
    const [asked] = approvalsOf((await w.start()).paused);
    await w.resume(1);
    await w.resume(2);
    await w.grant(asked?.id ?? "");
    const after = await w.resume(3);
    expect(w.ran.map((ran) => ran.tool).toSorted()).toEqual(["note_add", "note_pair", "note_steer", "pay_send"]);
    expect(after.text.map(([, , content]) => content)).toEqual(["added a", "paid 10 to c9", "content p", "steered s"]);
    expect(after.answers[2]?.artifact).toEqual({ artifact: "p" });
  });

  it("resumes in another process: each effect once, the same answers", async () => {
    const saver = new MemorySaver();
    const state = memoryStore();
    const audit = memoryAudit();
    const script = [turn([note("a"), pay("c9"), pay("c8")])];
    const one = await world({ script, checkpointer: saver, state, audit });
    const asked = approvalsOf((await one.start()).paused);
    // What outlives a process is what the stores and the checkpointer hold as text.
    const restored = new MemorySaver();
    restored.storage = revive(saver.storage);
    restored.writes = revive(saver.writes);
    const two = await world({ script, checkpointer: restored, state, audit, ran: one.ran });
    await two.grant(asked[0]?.id ?? "");
    const second = await two.resume("wake");
    expect(one.ran.map((ran) => ran.tool)).toEqual(["note_add", "pay_send"]);
    const three = await world({ script, checkpointer: restored, state, audit, ran: one.ran });
    await three.grant(approvalsOf(second.paused)[0]?.id ?? "");
    const after = await three.resume("wake");
    expect(after.text).toEqual([
      ["c1", "success", "added a"],
      ["c2", "success", "paid 10 to c9"],
      ["c3", "success", "paid 10 to c8"],
    ]);
    expect(one.ran).toHaveLength(3);
    expect(after.done).toBe(true);
  });

  it("is not repeated by a retry of the node", async () => {
    const w = await world({
      retry: true,
      checkpointer: false,
      script: [turn([note("a"), { name: "note_flaky", args: { x: "f" } }])],
    });
    const out = await w.start();
    expect(w.ran).toHaveLength(2);
    expect(out.text.map(([, status]) => status)).toEqual(["success", "error"]);
    expect(out.done).toBe(true);
  });

  it("is not repeated when an earlier checkpoint is run again", async () => {
    const w = await world({ script: [turn([note("a")])] });
    await w.start();
    const history = [];
    for await (const snapshot of w.graph.getStateHistory(w.config)) history.push(snapshot);
    const before = history.find((snapshot) => snapshot.next.includes("tools"));
    const again = await w.graph.invoke(null, before?.config);
    expect(again.messages.at(-1)?.content).toBe("done");
    expect(w.ran).toHaveLength(1);
  });
});

it("names no rule and no refused value in any stream", async () => {
  const w = await world({
    script: [turn([{ name: "vault_read", args: { x: "all" } }, pay("c9")]), new AIMessage("done")],
  });
  const seen: unknown[] = [];
  const modes = ["values", "updates", "messages", "custom", "debug", "tasks", "checkpoints", "tools"] as const;
  for await (const chunk of await w.graph.stream(
    { messages: [{ role: "user", content: "go" }] },
    { ...w.config, streamMode: [...modes] },
  ))
    seen.push(chunk);
  await w.grant((await w.guard.approvals.list())[0]?.id ?? "");
  for await (const chunk of await w.graph.stream(new Command({ resume: 1 }), { ...w.config, streamMode: [...modes] }))
    seen.push(chunk);
  const text = JSON.stringify(seen);
  expect(text.includes("Refused by policy") && text.includes("paid 10 to c9")).toBe(true);
  expect(text).not.toMatch(/VAULT-SECRET|secret_vault_rule|INTERNAL-REASON|test\.policy/);
});

function revive<T>(value: T): T {
  return structuredClone(value);
}
