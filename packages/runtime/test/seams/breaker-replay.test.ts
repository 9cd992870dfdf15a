import { expect, it } from "vitest";
import { allow, bundle, forbid } from "../bundle.js";
import { bench, pay, read } from "../guard-bench.js";

it("a call that was made is answered as such when its step is replayed, also while the breaker refuses all others", async () => {
  const made = await bench(bundle([pay, read], [allow("a", ["pay"]), forbid("f", ["read"])]), {
    breaker: { session: 3 },
  });
  const session = await made.session();
  const call = { tool: "pay", args: { to: "x" }, callId: "1" };
  expect(await session.call(call, () => "paid")).toMatchObject({ status: "done" });
  for (const id of ["1", "2", "3"]) await session.call({ tool: "read", args: { id } }, () => 1);
  expect(await session.call({ ...call, callId: "2" }, () => expect.unreachable())).toMatchObject({ cause: "breaker" });
  expect(await session.call(call, () => expect.unreachable())).toMatchObject({
    status: "done",
    result: "paid",
    replayed: true,
  });
});
