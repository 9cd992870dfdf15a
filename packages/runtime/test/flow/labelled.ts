import type { Bundle, Expression, Json, Rule, Type } from "@writ/ir";
import { allow, arg, AT, bundle, forbid, tool } from "../bundle.js";
import { rehearse, type RehearsedCall, type Scene, type Stage } from "../../src/rehearsal.js";
import type { Outcome } from "../../src/index.js";

/** The label declarations of the standard library. */
export const STD_LABELS: Bundle["labels"] = [
  { name: "confidentiality", ordered: true, values: ["public", "internal", "confidential", "secret"], at: AT },
  { name: "integrity", ordered: true, values: ["trusted", "claimed", "named", "untrusted"], at: AT },
  { name: "category", ordered: false, values: ["pii", "pci", "credentials"], at: AT },
];

export const TIERS: Bundle["tiers"] = [
  { name: "low", isolate: "inline", network: [], read: [], write: [], env: [], at: AT },
  { name: "high", isolate: "container", network: [], read: [], write: [], env: [], at: AT },
  { name: "critical", isolate: "gvisor", network: [], read: [], write: [], env: [], at: AT },
];

export const text = { kind: "Text" } as const;
export const email = { kind: "Email" } as const;
export const id = { kind: "Id" } as const;
export const lit = (type: Type, value: Json): Expression => ({ op: "literal", type, value, at: AT });
export const not = (of: Expression): Expression => ({ op: "not", of, at: AT });
export const and = (...items: Expression[]): Expression => ({ op: "and", items, at: AT });
export const labelled = (...labels: string[][]): Expression => ({ op: "labelled", labels, at: AT });
export const everySinkReads: Expression = {
  op: "every",
  variable: "s",
  list: { op: "sinks", at: AT },
  body: { op: "readable", by: { op: "variable", name: "s", at: AT }, at: AT },
  at: AT,
};
export const eq = (type: Type, left: Expression, right: Expression): Expression => ({
  op: "compare",
  operator: "==",
  type,
  left,
  right,
  at: AT,
});

/** A flow, as the compiler writes one. */
export function flow(
  id_: string,
  tools: string[],
  labels: string[][],
  kind: "forbid" | "demand" | "raise",
  more: { unless?: Expression; isolate?: "high" | "critical" } = {},
): Rule {
  const when = more.unless === undefined ? labelled(...labels) : and(labelled(...labels), not(more.unless));
  const base = { id: id_, form: "flow" as const, tools, when, limits: [], at: AT };
  if (kind === "forbid") return { ...base, kind };
  if (kind === "raise") return { ...base, kind, isolate: more.isolate ?? "critical" };
  return {
    ...base,
    kind,
    demand: { from: ["manager"], requester: false, quorum: 1, expires: 1_800_000, show: ["source", "args"] },
  };
}

/** A policy over labelled tools; what is not said is as in the standard library. */
export function labelledBundle(tools: Bundle["tools"], rules: Rule[], more: Partial<Bundle> = {}): Bundle {
  return bundle(tools, rules, { labels: STD_LABELS, tiers: TIERS, ...more });
}

export { allow, arg, AT, forbid, tool };

/** A stage with one scene, that tells effects and reasons. */
export async function stageOf(
  policy: Bundle,
  scene: Partial<Scene> = {},
): Promise<{
  stage: Stage;
  call(tool: string, args: Json, returns?: Json, over?: Partial<Scene>): Promise<string>;
  outcome(tool: string, args: Json, returns?: Json, over?: Partial<Scene>): Promise<Outcome>;
}> {
  const stage = (await rehearse(policy)).stage({ now: () => 1_000_000 });
  const full: Scene = {
    roles: undefined,
    session: "s",
    identity: { user: { id: "u" }, agent: {}, session: {} },
    ...scene,
  };
  const outcome = (name: string, args: Json, returns?: Json, over: Partial<Scene> = {}): Promise<Outcome> => {
    const made: RehearsedCall = returns === undefined ? { tool: name, args } : { tool: name, args, returns };
    return stage.call({ ...full, ...over }, made);
  };
  return {
    stage,
    outcome,
    call: async (name, args, returns, over) => {
      const came = await outcome(name, args, returns, over);
      const effect =
        came.status === "waiting"
          ? "ask"
          : came.status === "refused"
            ? "forbid"
            : came.status === "failed"
              ? `failed ${came.cause}`
              : "allow";
      return `${effect} by ${came.decision.reasons.map(({ by }) => by).join(", ")}`;
    },
  };
}
