import type { Bundle, Rule } from "@writ/ir";
import { expect, it } from "vitest";
import { allow, bundle, tool } from "../bundle.js";
import { bench, limit } from "../guard-bench.js";

const push = tool("push", [], { effects: ["write"] });
const of = (name: string, ...rules: Rule[]): Bundle => ({ ...bundle([push], rules), policy: { name, version: 1 } });
const atMost = (count: number): Bundle =>
  of("narrow", allow("ok", ["push"], undefined, { limits: [limit(count, "session")] }));

it("a delegate's delegate gets no wider limit by a policy of the same name", async () => {
  const made = await bench(of("base", allow("ok", ["push"])));
  const session = await made.guard.session({ user: { id: "ann" }, agent: { id: "planner" } });
  const coder = await session.delegate({ agent: { id: "coder" }, policy: atMost(1) });
  const tester = await coder.delegate({ agent: { id: "tester" }, policy: atMost(100) });
  expect(await tester.call({ tool: "push", args: {} }, () => 1)).toMatchObject({ status: "done" });
  expect(await tester.call({ tool: "push", args: {} }, () => expect.unreachable())).toMatchObject({ cause: "limit" });
});

it("a delegate whose parent ends or whose policy is replaced runs nothing, and its own delegates run nothing", async () => {
  for (const change of ["end", "replace"] as const) {
    const base = of("base", allow("ok", ["push"]));
    const made = await bench(base);
    const session = await made.guard.session({ user: { id: "ann" }, agent: { id: "planner" } });
    const coder = await session.delegate({ agent: { id: "coder" }, policy: atMost(5) });
    if (change === "end") await session.end();
    else await made.guard.replace(of("base2", allow("ok", ["push"])));
    expect(await coder.call({ tool: "push", args: {} }, () => expect.unreachable())).toMatchObject({ cause: "ended" });
    const child = coder
      .delegate({ agent: { id: "child" } })
      .then((one) => one.call({ tool: "push", args: {} }, () => 1));
    expect(await child).toMatchObject({ cause: "ended" });
  }
});
