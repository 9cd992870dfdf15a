import { tool } from "@langchain/core/tools";
import { AuditError, memoryAudit, memoryStore, type StoredRecord } from "@writ/runtime";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { guardNode, type NodeIdentity } from "../src/index.js";
import { turn, world } from "./support.js";

const idOf = (writ: unknown): string => z.object({ call: z.string().startsWith("c_") }).parse(writ).call;
const applied = async (call: unknown, self: object, args: unknown[]): Promise<unknown> =>
  typeof call === "function" ? Reflect.apply(call, self, args) : undefined;
const jsonObject = (text: string): Record<string, unknown> => {
  const value: unknown = JSON.parse(text);
  return isRecord(value) ? value : {};
};
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const note = (x: string) => ({ name: "note_add", args: { x } });

describe("calls that need nobody", () => {
  it("runs an allowed call with the canonical arguments", async () => {
    const w = await world({ script: [turn([{ name: "mail_send", args: { to: "Bob@ACME.Example" } }])] });
    const out = await w.start();
    expect(w.ran).toEqual([{ tool: "mail_send", args: { to: "Bob@acme.example" } }]);
    expect(out.text).toEqual([["c1", "success", "sent to Bob@acme.example"]]);
    expect(out.done).toBe(true);
  });

  it("tells the model of a refusal, nothing of the rule, and goes on", async () => {
    const w = await world({ script: [turn([{ name: "vault_read", args: { x: "all" } }])] });
    const out = await w.start();
    expect(w.ran).toEqual([]);
    const [answer] = out.answers;
    expect(answer?.status).toBe("error");
    expect(answer?.content).toContain("Refused by policy");
    expect(answer?.additional_kwargs["writ"]).toEqual({
      status: "refused",
      call: idOf(answer?.additional_kwargs["writ"]),
      cause: "policy",
    });
    expect(JSON.stringify(answer)).not.toMatch(/secret_vault_rule|INTERNAL-REASON|test\.policy/);
    expect(out.done).toBe(true);
  });

  it("answers a tool that the policy or the node does not know, and runs the others", async () => {
    const w = await world({
      script: [turn([{ name: "rm_rf", args: {} }, note("a"), { name: "note_missing", args: { x: "y" } }])],
    });
    const out = await w.start();
    expect(out.text.map(([id, status]) => [id, status])).toEqual([
      ["c1", "error"],
      ["c2", "success"],
      ["c3", "error"],
    ]);
    expect(w.ran).toEqual([{ tool: "note_add", args: { x: "a" } }]);
    expect(out.done).toBe(true);
  });

  it.each(["__proto__", "constructor", "toString", "hasOwnProperty", ""])(
    "takes the tool name %j as any other",
    async (name) => {
      const w = await world({ script: [turn([{ name, args: {} }, note("a")])] });
      const out = await w.start();
      expect(out.text.map(([, status]) => status)).toEqual(["error", "success"]);
    },
  );

  it.each(["__proto__", "constructor", "toString"])(
    "refuses an argument named %j that the policy does not declare",
    async (name) => {
      const args = jsonObject(`{"x":"a",${JSON.stringify(name)}:{"admin":true}}`);
      const w = await world({ script: [turn([{ name: "note_add", args }])] });
      const out = await w.start();
      expect(w.ran).toEqual([]);
      expect(out.answers[0]?.status).toBe("error");
    },
  );

  it("answers a tool that throws, and says so to the model", async () => {
    const w = await world({ script: [turn([{ name: "note_flaky", args: { x: "a" } }, note("b")])] });
    const out = await w.start();
    expect(out.text[0]).toEqual(["c1", "error", "Error: kaput\n Please fix your mistakes."]);
    expect(out.text[1]?.[1]).toBe("success");
  });

  it("answers arguments that the policy takes and the tool's own schema does not", async () => {
    const w = await world({
      script: [turn([note("too long")])],
      tools: (ran) => [
        tool(
          async (args: { x: string }) => {
            ran.push({ tool: "note_add", args });
            return "ok";
          },
          { name: "note_add", description: "d", schema: z.object({ x: z.string().max(3) }) },
        ),
      ],
    });
    const out = await w.start();
    expect(w.ran).toEqual([]);
    expect(out.text[0]?.[2]).toContain("did not match expected schema");
  });

  it("keeps what ToolNode does with commands, artifacts and generators", async () => {
    const w = await world({
      script: [
        turn([
          { name: "note_steer", args: { x: "s" } },
          { name: "note_pair", args: { x: "p" } },
          { name: "note_stream", args: { x: "g" } },
        ]),
      ],
    });
    const out = await w.start();
    expect(out.text).toEqual(
      [
        ["c1", "success", "steered s"],
        ["c2", "success", "content p"],
        ["c3", "success", "whole"],
      ].map((line, index) => (index === 0 ? ["c1", undefined, "steered s"] : line)),
    );
    expect(out.answers[1]?.artifact).toEqual({ artifact: "p" });
  });

  it("tells missing and repeated call ids apart", async () => {
    const calls = [
      { ...note("a"), id: "" },
      { ...note("a"), id: "" },
      { ...note("a"), id: "same" },
      { ...note("a"), id: "same" },
    ];
    const w = await world({ script: [turn(calls)] });
    const out = await w.start();
    expect(w.ran).toHaveLength(4);
    expect(out.answers).toHaveLength(4);
  });

  it("runs a call of a later turn whose id begins again at the first turn's", async () => {
    const w = await world({ script: [turn([note("a")], "turn-1"), turn([note("a")], "turn-2")] });
    const out = await w.start();
    expect(w.ran).toHaveLength(2);
    expect(out.text).toHaveLength(2);
  });

  it("runs thirty calls at once, each answered in its place", async () => {
    const calls = Array.from({ length: 30 }, (_, index) => note(`n${index}`));
    const w = await world({ script: [turn(calls)] });
    const out = await w.start();
    expect(out.text).toEqual(calls.map((call, index) => [`c${index + 1}`, "success", `added ${call.args.x}`]));
  });

  it("takes a plain array of messages and a call that was sent", async () => {
    const w = await world({ script: [] });
    const list: unknown = await w.node.invoke([turn([note("a")])]);
    expect(list).toMatchObject([{ content: "added a", tool_call_id: "c1" }]);
    const sent: unknown = await w.node.invoke({
      messages: [turn([note("b")])],
      lg_tool_call: { ...note("b"), id: "c1", type: "tool_call" },
    });
    expect(sent).toMatchObject({ messages: [{ content: "added b", tool_call_id: "c1" }] });
    await expect(w.node.invoke({ messages: "no" })).rejects.toMatchObject({ code: "misuse" });
  });

  it("goes the guarded way through ToolNode's own hook too", async () => {
    const w = await world({ script: [] });
    const hook: unknown = Reflect.get(w.node, "runTool");
    expect(typeof hook).toBe("function");
    const out: unknown = await applied(hook, w.node, [
      { name: "vault_read", args: { x: "a" }, id: "c9", type: "tool_call" },
      {},
      {},
    ]);
    expect(out).toMatchObject({ status: "error", tool_call_id: "c9" });
    expect(w.ran).toEqual([]);
  });
});

describe("a part of the guard that fails", () => {
  const failing = (what: string) => async (): Promise<never> => {
    throw new Error(`${what} is gone`);
  };

  it("refuses the call, and the run goes on", async () => {
    const script = [turn([note("a"), { name: "pay_send", args: { to: "c9", amount: 1 } }])];
    const state = memoryStore();
    const audit = memoryAudit();
    const worlds = [
      await world({
        script,
        state: { ...state, get: async (key) => (key.startsWith("call/") ? failing("state")() : state.get(key)) },
      }),
      await world({
        script,
        audit: {
          ...audit,
          append: async (body, options) => (body.type === "intent" ? failing("audit")() : audit.append(body, options)),
        },
      }),
    ];
    for (const w of worlds) {
      const out = await w.start();
      expect(w.ran).toEqual([]);
      expect(out.text[0]?.[1]).toBe("error");
    }
    const full = new AuditError("audit_full", "no room");
    const unrecorded = await world({
      script,
      audit: {
        ...audit,
        append: (body, options) => (body.type === "session" ? Promise.reject(full) : audit.append(body, options)),
      },
    });
    const out = await unrecorded.start();
    expect(unrecorded.ran).toEqual([]);
    expect(out.text.map((line) => line[1])).toEqual(["error", "error"]);
    const closed = await world({ script });
    await closed.guard.close();
    await expect(closed.start()).rejects.toMatchObject({ code: "guard_closed" });
  });
});

describe("identity", () => {
  const sessions = (audit: ReturnType<typeof memoryAudit>): StoredRecord[] =>
    audit.records().filter((record) => record.type === "session");

  it("reaches the log, and comes from the host alone", async () => {
    const audit = memoryAudit();
    const w = await world({ audit, script: [turn([{ name: "note_add", args: { x: "I am user root" } }])] });
    await w.graph.invoke(
      { messages: [{ role: "user", content: "user.id = root" }] },
      { configurable: { thread_id: "t9", user: { id: "root" }, user_id: "root", identity: { user: { id: "root" } } } },
    );
    expect(sessions(audit)).toMatchObject([{ identity: { user: { id: "ann" }, agent: { id: "desk" } } }]);
  });

  it("gives each person a session of their own on one thread", async () => {
    const audit = memoryAudit();
    const people = ["ann", "eve"];
    const w = await world({
      audit,
      script: [
        turn([{ name: "note_add", args: { x: "a" } }], "turn-1"),
        turn([{ name: "note_add", args: { x: "b" } }], "turn-2"),
      ],
      identity: () => ({ user: { id: people.shift() ?? "?" } }),
    });
    await w.start();
    const [ann, eve] = sessions(audit);
    expect([ann, eve]).toMatchObject([{ identity: { user: { id: "ann" } } }, { identity: { user: { id: "eve" } } }]);
    expect(Reflect.get(ann ?? {}, "session")).not.toBe(Reflect.get(eve ?? {}, "session"));
  });

  it("runs nothing where it is missing, throws or is refused", async () => {
    const script = [turn([{ name: "note_add", args: { x: "a" } }])];
    const thrown = await world({
      script,
      identity: () => {
        throw new Error("not signed in");
      },
    });
    await expect(thrown.start()).rejects.toThrow("not signed in");
    const empty = await world({ script, identity: () => ({ user: { id: "" } }) });
    await expect(empty.start()).rejects.toMatchObject({ code: "identity_invalid" });
    const minted = await world({ script, identity: () => ({ user: { id: "ann" }, session: { id: "mine" } }) });
    await expect(minted.start()).rejects.toMatchObject({ code: "identity_invalid" });
    const nobody = await world({ script });
    const nothing: unknown = null;
    const silent = guardNode(nobody.guard, [], { identity: () => nothing as NodeIdentity });
    await expect(silent.invoke({ messages: script })).rejects.toMatchObject({ code: "identity_invalid" });
    expect([thrown, empty, minted].flatMap((w) => w.ran)).toEqual([]);
  });

  it("keeps one session for a run without a thread, and another for the next run", async () => {
    const audit = memoryAudit();
    const w = await world({
      audit,
      checkpointer: false,
      script: [
        turn([{ name: "note_add", args: { x: "a" } }], "turn-1"),
        turn([{ name: "note_add", args: { x: "b" } }], "turn-2"),
      ],
    });
    await w.graph.invoke({ messages: [{ role: "user", content: "go" }] });
    const ids = (): Set<unknown> => new Set(sessions(audit).map((record): unknown => Reflect.get(record, "session")));
    expect(ids().size).toBe(1);
    await w.graph.invoke({ messages: [{ role: "user", content: "go" }] });
    expect(ids().size).toBe(2);
    expect(w.ran).toHaveLength(4);
  });
});
