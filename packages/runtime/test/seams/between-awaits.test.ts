import { expect, it } from "vitest";
import { memoryStore } from "../../src/index.js";
import { allow, ask, bundle } from "../bundle.js";
import { bench, limit, pay } from "../guard-bench.js";

const boss = { by: { id: "boss", groups: ["managers"] }, grant: true };
const order = { by: "boss", why: "test" };
const policies = {
  allowed: bundle([pay], [allow("a", ["pay"], undefined, { limits: [limit(9, "session")] })]),
  asked: bundle([pay], [ask("q", ["pay"])]),
};
const changes = ["end", "stop", "abort", "revoke"] as const;

/** Makes the change right after the n-th question that a call asks of the store; false where it asks fewer. */
async function at(moment: number, change: (typeof changes)[number], policy: keyof typeof policies): Promise<boolean> {
  const inner = memoryStore();
  let hook: (() => void) | undefined;
  const state = new Proxy(inner, {
    get: (target, name): unknown => {
      const found: unknown = Reflect.get(target, name);
      if (typeof found !== "function") return found;
      return (...args: unknown[]) => {
        hook?.();
        const answer: unknown = Reflect.apply(found, target, args);
        return answer;
      };
    },
  });
  const made = await bench(policies[policy], { state });
  const session = await made.guard.session({ user: { id: "ann" }, thread: "t" });
  const aborts = new AbortController();
  const call = { tool: "pay", args: { to: "x" }, callId: "1", signal: aborts.signal };
  let id = "";
  if (policy === "asked") {
    await session.call(call, () => expect.unreachable());
    id = (await made.guard.approvals.list())[0]?.id ?? "";
    await made.guard.approvals.resolve(id, boss);
  }
  let [asked, over] = [0, false];
  let making: Promise<unknown> | undefined;
  const make = async (): Promise<void> => {
    if (change === "end") await session.end();
    else if (change === "stop") await made.guard.stop("everything", order);
    else if (change === "revoke") over = (await made.guard.approvals.revoke(id, boss)).ok;
    else aborts.abort();
    if (change !== "revoke") over = true;
  };
  hook = () => {
    asked += 1;
    if (asked === moment) making = make();
  };
  let [ran, late] = [false, false];
  const outcome = await session.call(call, async () => {
    ran = true;
    late = over;
    return 1;
  });
  hook = undefined;
  await making;
  expect(late, `${change} at ${moment} of ${policy}: it ran after it was over`).toBe(false);
  if (ran) expect(["done", "failed"]).toContain(outcome.status);
  else expect(outcome.status, `${change} at ${moment} of ${policy}`).not.toBe("done");
  return asked >= moment;
}

it.each(changes)("%s between any two questions of a call: what is over before the effect has none", async (change) => {
  for (const policy of ["allowed", "asked"] as const) {
    let moment = 1;
    while (await at(moment, change, policy)) moment += 1;
    expect(moment).toBeGreaterThan(4);
  }
});
