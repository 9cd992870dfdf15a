import { expect, it } from "vitest";
import { allow, ask, bundle } from "../bundle.js";
import { bench, pay } from "../guard-bench.js";

it("a grant that a pause would give back after its policy was replaced stays void, also when that policy comes back", async () => {
  const policy = bundle([pay], [ask("q", ["pay"])]);
  const made = await bench(policy);
  const session = await made.session();
  const call = { tool: "pay", args: { to: "x" } };
  const pause = new Error("pause");
  await session.call(call, () => expect.unreachable());
  const [asked] = await made.guard.approvals.list();
  await made.guard.approvals.resolve(asked?.id ?? "", { by: { id: "boss", groups: ["managers"] }, grant: true });
  const port = {
    execute: async () => {
      await made.guard.replace(bundle([pay], [allow("a", ["pay"])]));
      await made.guard.replace(policy);
      throw pause;
    },
    isControlFlow: (error: unknown) => error === pause,
  };
  await expect(session.call(call, port)).rejects.toBe(pause);
  expect(await session.call(call, () => expect.unreachable())).toMatchObject({ status: "waiting" });
});
