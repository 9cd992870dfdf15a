import type { Rule } from "@writ/ir";
import { expect, it } from "vitest";
import { ask, bundle } from "../bundle.js";
import { bench, pay } from "../guard-bench.js";

const boss = { id: "boss", groups: ["managers"] };

it("a grant that is given back by a pause and then taken back covers nothing, remembered or not", async () => {
  const rule = { ...ask("q", ["pay"]), remember: { window: "session", on: [["to"]] } } as Rule;
  const made = await bench(bundle([pay], [rule]));
  const session = await made.session();
  const call = { tool: "pay", args: { to: "x" } };
  const pause = new Error("pause");
  const port = { execute: () => Promise.reject(pause), isControlFlow: (error: unknown) => error === pause };
  expect(await session.call(call, port)).toMatchObject({ status: "waiting" });
  const [asked] = await made.guard.approvals.list();
  await made.guard.approvals.resolve(asked?.id ?? "", { by: boss, grant: true });
  await expect(session.call(call, port)).rejects.toBe(pause);
  expect(await made.guard.approvals.revoke(asked?.id ?? "", { by: boss })).toEqual({ ok: true });
  let runs = 0;
  for (const args of [call.args, { to: "x", note: "n" }]) await session.call({ ...call, args }, () => (runs += 1));
  expect(runs).toBe(0);
});
