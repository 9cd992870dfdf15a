import type { Bundle, Expression, Json } from "@writ/ir";
import { afterEach } from "vitest";
import {
  createGuard,
  memoryAudit,
  memoryStore,
  type Guard,
  type GuardOptions,
  type Session,
  type StateStore,
} from "../../src/index.js";
import { allow, arg, AT, flow, id, labelledBundle, not, text, tool } from "./labelled.js";

export const fetch = tool("fetch", [], { result: text });
export const vault = tool("vault", [], {
  result: { kind: "Record", fields: [{ name: "key", type: id, labels: ["trusted"] }] },
  labels: ["secret", "trusted"],
});
export const save = tool(
  "save",
  [
    { name: "path", type: { kind: "Path" } },
    { name: "text", type: text },
  ],
  {
    effects: ["write"],
  },
);
export const load = tool("load", [{ name: "path", type: { kind: "Path" } }], { result: text, labels: ["trusted"] });
export const pay = tool(
  "pay",
  [
    { name: "to", type: id },
    { name: "note", type: text, optional: true },
  ],
  {
    effects: ["pay"],
    steer: ["to"],
  },
);
export const saidOnly: Expression = not({ op: "said", of: arg("to"), at: AT });
export const untrustedPay = flow("f", ["pay"], [["untrusted"]], "forbid");
export const policy = (taint: Bundle["taint"], ...rules: Bundle["rules"]): Bundle =>
  labelledBundle([fetch, vault, save, load, pay], [allow("ok", ["fetch", "vault", "save", "load", "pay"]), ...rules], {
    taint,
  });

export const open: Guard[] = [];
afterEach(async () => void (await Promise.all(open.splice(0).map((guard) => guard.close()))));

/** A store that outlives its guards, as one on a disk does; `over` changes what a later life of it answers. */
export function disk(over: Partial<StateStore> = {}): StateStore {
  return { ...memoryStore(), close: () => Promise.resolve(), ...over };
}
export async function start(
  of: Bundle,
  state: StateStore,
  more: Partial<GuardOptions> = {},
): Promise<{ guard: Guard; session: Session }> {
  const guard = await createGuard({ policy: of, audit: memoryAudit(), state, ...more });
  open.push(guard);
  return { guard, session: await guard.session({ user: { id: "ann" }, thread: "t" }) };
}
export async function make(
  session: Session,
  name: string,
  args: Json,
  returns?: unknown,
  callId?: string,
): Promise<string> {
  const outcome = await session.call({ tool: name, args, ...(callId === undefined ? {} : { callId }) }, () => returns);
  if (outcome.status === "done") return "done";
  if (outcome.status === "refused" && outcome.cause !== "policy" && outcome.cause !== "input")
    return `refused ${outcome.cause}`;
  if (outcome.status === "failed") return `failed ${outcome.cause}`;
  return `${outcome.status} ${outcome.decision.reasons.map(({ by, truth }) => `${by} ${truth}`).join()}`;
}
