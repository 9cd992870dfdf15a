import { expect, it } from "vitest";
import { allow, bundle, forbid, tool } from "../bundle.js";
import { bench } from "../guard-bench.js";

const pay = tool("pay", [{ name: "to", type: { kind: "Id" } }], {
  effects: ["pay"],
  undo: { tool: "cancel", args: [] },
});
const cancel = tool("cancel", [], { effects: ["pay"] });
const other = tool("other", [{ name: "id", type: { kind: "Id" } }]);
const policy = bundle([pay, cancel, other], [allow("a", ["pay", "cancel"]), forbid("f", ["other"])]);

it("an agent that was refused too often does not keep a person from undoing what it did", async () => {
  const made = await bench(policy, { breaker: { session: 3 } });
  const session = await made.session();
  await session.call({ tool: "pay", args: { to: "x" } }, () => 1);
  for (const id of ["1", "2", "3", "4"]) await session.call({ tool: "other", args: { id } }, () => 1);
  expect(await session.call({ tool: "pay", args: { to: "y" } }, () => 1)).toMatchObject({ cause: "breaker" });
  let undone = 0;
  expect(await session.undo({ tools: { cancel: () => (undone += 1) } })).toMatchObject({ status: "done" });
  expect(undone).toBe(1);
  expect(await session.call({ tool: "cancel", args: {} }, () => 1)).toMatchObject({ cause: "breaker" });
});
