import { expect, it } from "vitest";
import { memoryStore } from "../../src/index.js";
import { allow, bundle } from "../bundle.js";
import { bench, pay } from "../guard-bench.js";

const policy = bundle([pay], [allow("a", ["pay"])]);

it("a session that another process ended leaves nothing of what this one heard in it since", async () => {
  const state = { ...memoryStore(), close: () => Promise.resolve() };
  const [here, there] = [await bench(policy, { state }), await bench(policy, { state })];
  const of = (one: typeof here) => one.guard.session({ user: { id: "ann" }, thread: "t" });
  const [one, two] = [await of(here), await of(there)];
  await one.end();
  two.heard("user", "my number is 12345");
  expect(await two.call({ tool: "pay", args: { to: "x" } }, () => expect.unreachable())).toMatchObject({
    cause: "ended",
  });
  there.forget();
  await there.guard.close();
  expect((await state.read(`memory/${one.id}`)).values).toEqual([]);
});
