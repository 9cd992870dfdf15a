import { expect, it } from "vitest";
import { memoryStore } from "../../src/index.js";
import { allow, bundle, tool } from "../bundle.js";
import { bench } from "../guard-bench.js";

const pay = tool("pay", [{ name: "to", type: { kind: "Id" } }], {
  effects: ["pay"],
  undo: { tool: "cancel", args: [] },
});
const cancel = tool("cancel", [], { effects: ["pay"] });
const policy = bundle([pay, cancel], [allow("a", ["pay", "cancel"])]);

it("a call whose labels could not be kept is still among what can, or cannot, be undone", async () => {
  const inner = memoryStore();
  let broken = false;
  const state = {
    ...inner,
    append: (...args: Parameters<typeof inner.append>) =>
      broken && args[0].startsWith("memory/") ? Promise.reject(new Error("full")) : inner.append(...args),
  };
  const made = await bench(policy, { state });
  const session = await made.guard.session({ user: { id: "ann" }, thread: "t" });
  const outcome = await session.call({ tool: "pay", args: { to: "x" } }, () => {
    session.heard("user", "more");
    broken = true;
    return "r";
  });
  expect(outcome).toMatchObject({ status: "failed", cause: "withheld" });
  const plan = await session.undoable();
  expect([...plan.steps, ...plan.cannot].map(({ call }) => call)).toEqual([outcome.call]);
});

it("an undo after the end of a session says that it is over, and not that all is undone", async () => {
  const made = await bench(policy);
  const session = await made.session();
  await session.call({ tool: "pay", args: { to: "x" } }, () => 1);
  await session.end();
  await expect(session.undo({ tools: { cancel: () => 1 } })).rejects.toMatchObject({ code: "session_ended" });
});
