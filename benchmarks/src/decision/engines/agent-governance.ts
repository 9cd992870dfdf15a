import type { PolicyEngine, PolicyRule } from "@microsoft/agent-governance-sdk";
import type { Engine } from "../engine.js";
import type { Condition, Request, Rule } from "../rule.js";

/** Who asks, for policies that are about one agent; these are about all. */
export const AGENT = "did:agentmesh:bench";
const HELPED =
  "its conditions have no test of a prefix and none of a member of a list. The host works out ahead of time, untimed, which prefixes of the rules an argument has, and gives the first role alone: this flatters it";

/** Microsoft's Agent Governance Toolkit for TypeScript: rules with conditions in its own language, what denies overrides. */
export const agentGovernance: readonly Engine[] = [
  {
    name: "Microsoft AGT",
    form: "as is",
    helped: HELPED,
    async prepare({ rules, rulesOf, requests }) {
      const make = await engineMaker();
      const inputs = requests.map((request) => agentContext(request, rulesOf.get(request.tool) ?? []));
      return {
        async load(loopOver) {
          const engine = make(rules);
          return loopOver(inputs, (input) => engine.evaluatePolicy(AGENT, input).allowed);
        },
      };
    },
  },
  {
    name: "Microsoft AGT",
    form: "an engine a tool",
    helped: HELPED,
    async prepare({ rulesOf, requests }) {
      const make = await engineMaker();
      const inputs = requests.map((request) => agentContext(request, rulesOf.get(request.tool) ?? []));
      return {
        async load(loopOver) {
          const engines = new Map([...rulesOf].map(([tool, rules]) => [tool, make(rules)]));
          return loopOver(inputs, (input) => engines.get(input.tool)?.evaluatePolicy(AGENT, input).allowed === true);
        },
      };
    },
  },
];

/** Makes engines of its library, which is loaded once. */
export async function engineMaker(): Promise<(rules: readonly Rule[]) => PolicyEngine> {
  const { ConflictResolutionStrategy, PolicyEngine: Policies } = await import("@microsoft/agent-governance-sdk");
  return (rules) => {
    const engine = new Policies([], ConflictResolutionStrategy.DenyOverrides);
    engine.loadPolicy({
      apiVersion: "governance.toolkit/v1",
      name: "bench",
      scope: "global",
      default_action: "deny",
      rules: rules.map(ruleOf),
    });
    return engine;
  };
}

interface AgentContext extends Record<string, unknown> {
  readonly tool: string;
}

/** A call as its context: arguments, the first role, and which prefixes of the tool's rules hold. */
export function agentContext({ tool, user, roles, args }: Request, rules: readonly Rule[]): AgentContext {
  const context: AgentContext = { tool, user, role: roles[0] ?? "", ...args };
  for (const { when } of rules)
    for (const condition of when) {
      const prefix = prefixOf(condition);
      if (prefix === undefined || condition.op === "role") continue;
      const value = args[condition.field];
      if (typeof value === "string" && value.startsWith(prefix)) context[flagOf(prefix)] = true;
    }
  return context;
}

function prefixOf(condition: Condition): string | undefined {
  if (condition.op === "under") return `${condition.folder}/`;
  return condition.op === "startsWith" ? condition.prefix : undefined;
}

function flagOf(prefix: string): string {
  return `prefix_${prefix.replaceAll(/[^A-Za-z0-9]/g, (sign) => `_${sign.charCodeAt(0)}_`)}`;
}

function ruleOf({ id, tool, effect, when }: Rule): PolicyRule {
  return {
    name: id,
    condition: [`tool == '${tool}'`, ...when.map(conditionText)].join(" and "),
    ruleAction: effect === "permit" ? "allow" : "deny",
    priority: 0,
  };
}

const COMPARISONS = { below: "<", atMost: "<=", above: ">", atLeast: ">=" } as const;
const list = (values: readonly string[]): string => `[${values.map((value) => `'${value}'`).join(", ")}]`;

function conditionText(condition: Condition): string {
  switch (condition.op) {
    case "role":
      return `role in ${list(condition.anyOf)}`;
    case "equal":
      return `${condition.field} == '${condition.value}'`;
    case "notEqual":
      return `${condition.field} != '${condition.value}'`;
    case "oneOf":
    case "hostIn":
      return `${condition.field} in ${list(condition.values)}`;
    case "under":
      return flagOf(`${condition.folder}/`);
    case "startsWith":
      return flagOf(condition.prefix);
    case "below":
    case "atMost":
    case "above":
    case "atLeast":
      return `${condition.field} ${COMPARISONS[condition.op]} ${condition.value}`;
  }
}
