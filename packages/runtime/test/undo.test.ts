import { describe, expect, it } from "vitest";
import type { Execute, Session } from "../src/index.js";
import { memoryStore } from "../src/index.js";
import { allow, arg, ask, AT, bundle, forbid, tool } from "./bundle.js";
import { bench, types } from "./guard-bench.js";

const pay = tool("pay", [{ name: "to", type: { kind: "Id" } }], {
  effects: ["pay"],
  result: { kind: "Id" },
  undo: {
    tool: "cancel",
    args: [
      { name: "id", value: { op: "result", at: AT } },
      { name: "to", value: arg("to") },
    ],
  },
});
const cancel = tool(
  "cancel",
  [
    { name: "id", type: { kind: "Id" } },
    { name: "to", type: { kind: "Id" } },
  ],
  { effects: ["pay"] },
);
const send = tool("send", [], { effects: ["egress"] });
const policy = bundle([pay, cancel, send], [allow("a", ["pay", "cancel", "send"])]);
let n = 0;
const make = (session: Session, to: string) => session.call({ tool: "pay", args: { to } }, () => `p${(n += 1)}_${to}`);
const canceller = (): { readonly done: unknown[]; readonly tools: { readonly cancel: Execute } } => {
  const done: unknown[] = [];
  return { done, tools: { cancel: (args) => void done.push(args) } };
};

describe("undo", () => {
  it("runs the compensating calls newest first, each a call on record, and none twice", async () => {
    const made = await bench(policy);
    const session = await made.session();
    for (const to of ["x", "y", "z"]) await make(session, to);
    const { done, tools } = canceller();
    expect((await session.undoable()).steps.map(({ undo }) => undo.tool)).toEqual(["cancel", "cancel", "cancel"]);
    const [one, two] = await Promise.all([made.guard.undo(session, { tools }), made.guard.undo(session, { tools })]);
    expect([one.status, two.status]).toEqual(["done", "done"]);
    expect(done).toMatchObject([{ to: "z" }, { to: "y" }, { to: "x" }]);
    expect(types(made).filter((type) => type === "outcome:done")).toHaveLength(6);
    expect(await session.undo({ tools })).toMatchObject({ status: "done", undone: [], steps: [] });
    expect(done).toHaveLength(3);
  });

  it("of one call leaves the others", async () => {
    const made = await bench(policy);
    const session = await made.session();
    await make(session, "x");
    const { call } = await make(session, "y");
    await make(session, "z");
    const { done, tools } = canceller();
    expect(await session.undo({ tools, call })).toMatchObject({ status: "done", undone: [call] });
    expect(done).toMatchObject([{ to: "y" }]);
    expect((await session.undoable()).steps).toHaveLength(2);
  });

  it("lists what cannot be undone before anything is, and does nothing unless told to leave it", async () => {
    const made = await bench(policy);
    const session = await made.session();
    await make(session, "x");
    await session.call({ tool: "send", args: {} }, () => 1);
    await session.call({ tool: "pay", args: { to: "y" } }, () => {
      throw new Error("boom");
    });
    const { done, tools } = canceller();
    const blocked = await session.undo({ tools });
    expect(blocked).toMatchObject({
      status: "blocked",
      cannot: [
        { tool: "pay", why: "it ended as failed: what it did is not known" },
        { tool: "send", why: "its tool has no undo" },
      ],
    });
    expect(done).toEqual([]);
    expect(await session.undo({ tools: {}, leave: true })).toMatchObject({ status: "done", undone: [] });
    expect(await session.undo({ tools, leave: true })).toMatchObject({ status: "done" });
    expect(done).toHaveLength(1);
  });

  it("goes by the policy: refused or asked, it stops there, and goes on when it may", async () => {
    const asks = bundle([pay, cancel], [allow("a", ["pay"]), ask("q", ["cancel"])]);
    const made = await bench(asks);
    const session = await made.session();
    await make(session, "x");
    const { done, tools } = canceller();
    const stopped = await session.undo({ tools });
    if (stopped.stoppedAt?.outcome.status !== "waiting") return expect.unreachable();
    expect(stopped).toMatchObject({ status: "stopped", undone: [] });
    const word = { by: { id: "max", groups: ["managers"] }, grant: true };
    await made.guard.approvals.resolve(stopped.stoppedAt.outcome.approval.id, word);
    expect(await session.undo({ tools })).toMatchObject({ status: "done" });
    expect(done).toHaveLength(1);
    const closed = await bench(bundle([pay, cancel], [allow("a", ["pay"]), forbid("f", ["cancel"])]));
    const other = await closed.session();
    await make(other, "x");
    expect(await other.undo({ tools })).toMatchObject({
      status: "stopped",
      stoppedAt: { outcome: { status: "refused" } },
    });
    expect(done).toHaveLength(1);
  });

  it("ended in the middle, by a crash or an error, goes on where it was, and repeats nothing", async () => {
    const state = memoryStore();
    const made = await bench(policy, { state });
    const thread = { user: { id: "ann" }, thread: "t" };
    const session = await made.guard.session(thread);
    for (const to of ["x", "y"]) await make(session, to);
    const tried: unknown[] = [];
    const fails: Execute = (args) => {
      tried.push(args);
      if (tried.length === 2) throw new Error("boom");
    };
    expect(await session.undo({ tools: { cancel: fails } })).toMatchObject({ status: "stopped" });
    const next = await bench(policy, { state });
    const again = await next.guard.session(thread);
    const { done, tools } = canceller();
    // What failed may have happened: it is not run again by itself.
    expect(await again.undo({ tools })).toMatchObject({
      status: "stopped",
      stoppedAt: { outcome: { cause: "error" } },
    });
    expect([tried.length, done.length]).toEqual([2, 0]);
  });

  it("needs to know how the host runs the calls", async () => {
    const session = await (await bench(policy)).session();
    await expect(session.undo(undefined as never)).rejects.toMatchObject({ code: "misuse" });
  });
});
