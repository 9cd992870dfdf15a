import { ask, bundle, tool } from "../bundle.js";

/** One policy, session and call for several processes. */
export const approvedPolicy = bundle(
  [tool("pay", [{ name: "to", type: { kind: "Id" } }], { effects: ["pay"] })],
  [ask("q", ["pay"])],
);
export const approvedSession = { user: { id: "ann", groups: ["support"] }, thread: "t" };
export const approvedCall = { tool: "pay", args: { to: "bob" } };
export const approvedClock = { now: (): number => 1_000_000 };
