import type { Bundle, Expression, Json, Rule } from "@writ/ir";
import { afterEach, describe, expect, it } from "vitest";
import { createGuard, memoryAudit, memoryStore, type Guard } from "../src/index.js";
import { allow, arg, AT, bundle, tool } from "./bundle.js";

type Limit = Rule["limits"][number];
const money = { kind: "Money" } as const;
const email = { kind: "Email" } as const;
const pay = tool(
  "pay",
  [
    { name: "amount", type: money, optional: true },
    { name: "to", type: { kind: "List", of: email }, optional: true },
    { name: "text", type: { kind: "Text" }, optional: true },
    { name: "share", type: { kind: "Decimal" }, optional: true },
  ],
  { effects: ["pay"] },
);
const sum = (
  type: Extract<Limit, { kind: "sum" }>["type"],
  total: Json,
  of: Expression,
  by: Expression[] = [],
): Limit => ({ kind: "sum", type, total, of, window: 60_000, by, at: AT });
const quota = (...limits: Limit[]): Bundle =>
  bundle(
    [pay, tool("look")],
    [
      allow("ok", ["pay"]),
      { kind: "quota", id: "spend", tools: ["pay", "look"], when: { op: "and", items: [], at: AT }, limits, at: AT },
    ],
  );

const open: Guard[] = [];
afterEach(async () => void (await Promise.all(open.splice(0).map((guard) => guard.close()))));

async function payer(policy: Bundle) {
  const clock = { time: 1_000_000, now: () => clock.time };
  const guard = await createGuard({ policy, audit: memoryAudit(), state: memoryStore(), clock });
  open.push(guard);
  const session = await guard.session({ user: { id: "ann" } });
  return {
    clock,
    call: async (args: Json, run: () => unknown = () => 1) => {
      const outcome = await session.call({ tool: "pay", args }, run);
      return outcome.status === "refused" ? outcome.cause : outcome.status;
    },
  };
}
const usd = (amount: number) => ({ amount: { amount, currency: "USD" } });

describe("a quota", () => {
  it("adds up money in a sliding window, calls in flight too, whatever grants them", async () => {
    const { call, clock } = await payer(quota(sum(money, { amount: 50, currency: "USD" }, arg("amount"))));
    const burst = await Promise.all(Array.from({ length: 20 }, () => call(usd(7.5))));
    expect(burst.filter((status) => status === "done")).toHaveLength(6);
    expect([await call(usd(5)), await call(usd(0.01)), await call(usd(0))]).toEqual(["done", "limit", "done"]);
    clock.time += 60_000;
    expect(await call(usd(50))).toBe("done");
  });

  it("refuses what it cannot add up: another currency, an amount that is not there", async () => {
    const { call } = await payer(quota(sum(money, { amount: 50, currency: "USD" }, arg("amount"))));
    expect([await call({ amount: { amount: 1, currency: "EUR" } }), await call({})]).toEqual(["limit", "limit"]);
  });

  it("adds up sizes and decimals exactly", async () => {
    const size: Expression = { op: "function", name: "size", args: [arg("text")], at: AT };
    const sizes = await payer(quota(sum({ kind: "Int" }, 10, size)));
    expect([
      await sizes.call({ text: "äöü" }),
      await sizes.call({ text: "abcde" }),
      await sizes.call({ text: "abcd" }),
    ]).toEqual(["done", "limit", "done"]);
    const shares = await payer(quota(sum({ kind: "Decimal" }, "0.3", arg("share"))));
    expect([
      await shares.call({ share: "0.1" }),
      await shares.call({ share: "0.2" }),
      await shares.call({ share: "0.000001" }),
      await shares.call({ share: "0.0000001" }),
      await shares.call({ share: "-1" }),
    ]).toEqual(["done", "done", "limit", "limit", "limit"]);
  });

  it("counts distinct values of an argument, each of a list", async () => {
    const { call } = await payer(
      quota({ kind: "distinct", count: 2, of: arg("to"), window: "session", by: [], at: AT }),
    );
    expect([
      await call({ to: ["a@x.de", "b@x.de"] }),
      await call({ to: ["b@X.de"] }),
      await call({ to: ["c@x.de"] }),
      await call({}),
    ]).toEqual(["done", "done", "limit", "done"]);
  });

  it("admits so many calls at once, and frees a place when one ends, however it ends", async () => {
    const { call } = await payer(quota({ kind: "concurrent", count: 2, by: [], at: AT }));
    const ends: (() => void)[] = [];
    const running = [0, 1].map(() => call({}, () => new Promise((resolve) => ends.push(() => resolve(1)))));
    await expect.poll(() => ends.length).toBe(2);
    expect(await call({})).toBe("limit");
    for (const end of ends) end();
    await Promise.all(running);
    expect(await call({}, () => Promise.reject(new Error("no")))).toBe("failed");
    expect(
      await Promise.all([call({}), call({}), call({})]).then((all) => all.toSorted((a, b) => (a < b ? -1 : 1))),
    ).toEqual(["done", "done", "limit"]);
  });

  it("leaves out the tools that lack what it names", async () => {
    const { call } = await payer(
      quota({ ...sum(money, { amount: 1, currency: "USD" }, arg("amount")), tools: ["look"] }),
    );
    expect(await call({})).toBe("done");
  });
});
