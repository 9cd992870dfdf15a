import { createGuard, memoryAudit, memoryStore, type Session } from "@writ/runtime";
import { tool, ToolLoopAgent, type ToolSet } from "ai";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { assertGuarded, guardApproval, guardTools } from "../src/index.js";
import { policy } from "./policy.js";
import { makeTools, PATHS, scripted, USER, world } from "./support.js";

const x = z.object({ x: z.string() });
const call = (toolName: string, input: unknown = { x: "a" }) => ({
  type: "tool-call" as const,
  toolCallId: "c1",
  toolName,
  input,
});

async function open(state = memoryStore()) {
  const guard = await createGuard({ policy: await policy(), audit: memoryAudit(), state });
  return { guard, session: await guard.session({ user: { id: "ann", groups: [] }, agent: { id: "desk" } }) };
}

describe.each(PATHS)("the net, by %s", (path) => {
  it("a tool that nobody guarded does not run, and that it was tried is on record", async () => {
    const audit = memoryAudit();
    const w = await world(path, {
      audit,
      script: [
        [
          { name: "note", args: { x: "a" } },
          { name: "mail", args: { to: "a@acme.com" } },
        ],
      ],
      wrap: (s, { note, ...others }) => ({ ...guardTools(s, others, { said: USER }), note }),
    });
    const out = await w.start();
    expect(out.answers.find(([id]) => id === "c1")).toEqual([
      "c1",
      "execution-denied",
      expect.stringContaining("not guarded"),
    ]);
    expect(w.ran.map((ran) => ran.tool)).toEqual(["mail"]);
    expect(out.done).toBe(true);
    expect(audit.records()).toContainEqual(expect.objectContaining({ type: "intent", tool: "note", effect: "forbid" }));
  });

  it("a tool that is guarded for another session does not run", async () => {
    const other = await open();
    const w = await world(path, {
      script: [[{ name: "note", args: { x: "a" } }]],
      wrap: (_session, tools) => guardTools(other.session, tools),
    });
    await w.start();
    expect(w.ran).toEqual([]);
  });

  it.each(["deny", "require-approval", "approved", "constructor"])(
    "the boundary holds where a host's own approval says %j",
    async (status) => {
      const own = (async () => status) as unknown as ReturnType<typeof guardApproval>;
      const w = await world(path, {
        script: [
          [
            { name: "vault", args: { x: "a" } },
            { name: "transfer", args: { to: "a", amount: 1 } },
          ],
        ],
        approval: own,
      });
      const out = await w.start();
      expect(w.ran).toEqual([]);
      expect(out.answers.map(([, type]) => type)).toEqual(["error-text", "error-text"]);
    },
  );
});

describe("guardApproval", () => {
  const answered = async (session: Session, tools: ToolSet | undefined, more: object = {}, name = "note") =>
    guardApproval(session)({ toolCall: { ...call(name), ...more }, tools, messages: [] });

  it("lets through what may run, and says nothing the AI SDK does not know", async () => {
    const { session } = await open();
    const tools = guardTools(session, makeTools([]));
    expect(await answered(session, tools)).toBeUndefined();
    expect(await answered(session, tools, {}, "vault")).toEqual({
      type: "denied",
      reason: "Refused by policy. Use note instead.",
    });
    const asked = await answered(session, tools, { input: { to: "a", amount: 1 } }, "transfer");
    expect(asked).toMatchObject({ type: "user-approval" });
  });

  it("refuses calls of a provider, unknown tools and names of a prototype", async () => {
    const { session } = await open();
    const tools = guardTools(session, makeTools([]));
    for (const answer of [
      await answered(session, tools, { providerExecuted: true }),
      await answered(session, undefined),
      await answered(session, tools, {}, "nothing"),
      await answered(session, tools, {}, "constructor"),
      await answered(session, tools, {}, "__proto__"),
      await answered(session, tools, {}, "toString"),
    ])
      expect(answer).toMatchObject({ type: "denied" });
  });

  it("refuses what nobody guarded where the log takes nothing", async () => {
    const audit = memoryAudit();
    let broken = false;
    const append: typeof audit.append = async (record, how) =>
      broken ? Promise.reject(new Error("disk full")) : audit.append(record, how);
    const guard = await createGuard({ policy: await policy(), audit: { ...audit, append }, state: memoryStore() });
    const session = await guard.session({ user: { id: "ann", groups: [] }, agent: { id: "desk" } });
    broken = true;
    expect(await answered(session, makeTools([]))).toMatchObject({ type: "denied" });
  });

  it("never throws: a guard that is closed, a store that fails, a call that cannot be read", async () => {
    const { guard, session } = await open();
    const tools = guardTools(session, makeTools([]));
    const hostile = {
      get toolName(): string {
        throw new Error("no");
      },
    };
    const question = { toolCall: hostile, tools, messages: [] } as unknown as Parameters<
      ReturnType<typeof guardApproval>
    >[0];
    expect(await guardApproval(session)(question)).toMatchObject({ type: "denied" });
    expect(await answered(session, tools, { input: 1n })).toMatchObject({ type: "denied" });
    await guard.close();
    expect(await answered(session, tools)).toMatchObject({ type: "denied" });

    const state = memoryStore();
    let broken = false;
    const fails = async <T>(run: () => Promise<T>): Promise<T> => (broken ? Promise.reject(new Error("disk")) : run());
    const second = await open({
      ...state,
      get: (key) => fails(() => state.get(key)),
      compareAndSet: (key, version, value) => fails(() => state.compareAndSet(key, version, value)),
    });
    const more = guardTools(second.session, makeTools([]));
    broken = true;
    expect(await answered(second.session, more, { input: { to: "a", amount: 1 } }, "transfer")).toMatchObject({
      type: "denied",
    });
  });
});

describe("assertGuarded", () => {
  it("passes an agent whose tools are all guarded, and one without tools", async () => {
    const { session } = await open();
    const tools = guardTools(session, makeTools([]));
    expect(() => assertGuarded({ tools })).not.toThrow();
    expect(() => assertGuarded(new ToolLoopAgent({ model: scripted([]), tools }))).not.toThrow();
    expect(() => assertGuarded({})).not.toThrow();
  });

  it("names every tool that no guard takes", async () => {
    const { session } = await open();
    const guarded = guardTools(session, makeTools([]));
    const tools = {
      ...guarded,
      raw: makeTools([]).note,
      copied: { ...guarded.note, execute: () => "raw" },
      hooked: { ...guarded.note, onInputAvailable: () => undefined },
      web: { type: "provider", isProviderExecuted: true, id: "a.web", args: {}, inputSchema: x },
      ask: tool({ inputSchema: x, outputSchema: x }),
    } as unknown as ToolSet;
    let message = "";
    try {
      assertGuarded({ tools });
    } catch (error) {
      message = String(error);
    }
    for (const part of [
      "raw is not guarded",
      "copied is not guarded",
      "hooked has onInputAvailable",
      "the provider runs web",
      "the client runs ask",
    ])
      expect(message).toContain(part);
    expect(message).not.toContain("vault");
    expect(() => assertGuarded({ tools }, { unguarded: ["raw", "copied", "hooked", "web", "ask"] })).not.toThrow();
  });

  it("refuses tools of two sessions in one agent", async () => {
    const [one, two] = [await open(), await open()];
    const tools = { a: guardTools(one.session, makeTools([])).note, b: guardTools(two.session, makeTools([])).note };
    expect(() => assertGuarded({ tools })).toThrow("more than one session");
  });
});
