import type { Bundle, Expression, Field, Rule, Span, Tool } from "@writ/ir";

/** Bundles by hand, so that the runtime is tested without the compiler. */
export const AT: Span = [0, 0, 0, 1, 1];

const base = { limits: [], at: AT };

export const yes: Expression = { op: "literal", type: { kind: "Bool" }, value: true, at: AT };
export const no: Expression = { op: "literal", type: { kind: "Bool" }, value: false, at: AT };
/** A condition that nobody can know: a claim that the host did not give. */
export const unknown: Expression = { op: "claim", of: "user", name: "flag", at: AT };

export function allow(id: string, tools: string[], when: Expression = yes, more: Partial<Rule> = {}): Rule {
  return { ...base, kind: "allow", id, tools, when, ...strip(more) };
}

export function forbid(id: string, tools: string[], when: Expression = yes, more: Partial<Rule> = {}): Rule {
  return { ...base, kind: "forbid", id, tools, when, ...strip(more) };
}

export function ask(
  id: string,
  tools: string[],
  when: Expression = yes,
  demand: Partial<Extract<Rule, { kind: "ask" }>["demand"]> = {},
  more: Partial<Rule> = {},
): Rule {
  return {
    ...base,
    kind: "ask",
    id,
    tools,
    when,
    demand: { from: ["manager"], requester: false, quorum: 1, expires: 1_800_000, show: [], ...demand },
    ...strip(more),
  };
}

function strip(more: Partial<Rule>): Omit<Partial<Rule>, "kind" | "demand"> {
  const { kind: _kind, ...rest } = more;
  return rest;
}

export function tool(name: string, params: Field[] = [], more: Partial<Tool> = {}): Tool {
  return { name, params, effects: ["read"], risk: "low", labels: [], sinks: [], at: AT, ...more };
}

export function bundle(tools: Tool[], rules: Rule[], more: Partial<Bundle> = {}): Bundle {
  return {
    format: "writ.bundle/1",
    policy: { name: "test", version: 1 },
    sources: [{ name: "test.policy", digest: `sha256:${"0".repeat(64)}` }],
    taint: "context",
    params: [],
    facts: [],
    intents: [],
    endorsements: [],
    labels: [],
    types: [],
    identity: {
      user: [
        { name: "id", type: { kind: "Id" } },
        { name: "groups", type: { kind: "List", of: { kind: "Text" } } },
        { name: "flag", type: { kind: "Bool" } },
      ],
      agent: [{ name: "id", type: { kind: "Id" } }],
      session: [
        { name: "id", type: { kind: "Id" } },
        { name: "participants", type: { kind: "List", of: { kind: "Email" } } },
      ],
    },
    roles: [role("support", "support"), role("manager", "managers")],
    tiers: [
      { name: "low", isolate: "inline", network: [], read: [], write: [], env: [], time: 5000, at: AT },
      { name: "high", isolate: "container", network: [], read: [], write: [], env: [], at: AT },
    ],
    tools,
    rules,
    ...more,
  };
}

function role(name: string, group: string): Bundle["roles"][number] {
  const text = { kind: "Text" } as const;
  const literal: Expression = { op: "literal", type: text, value: group, at: AT };
  return {
    name,
    when: { op: "in", type: text, left: literal, right: { op: "claim", of: "user", name: "groups", at: AT }, at: AT },
    at: AT,
  };
}

export const arg = (name: string): Expression => ({ op: "arg", name, at: AT });

export function money(amount: number, currency: string): Expression {
  return { op: "literal", type: { kind: "Money" }, value: { amount, currency }, at: AT };
}
