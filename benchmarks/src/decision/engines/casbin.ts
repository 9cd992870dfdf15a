import type { Enforcer } from "casbin";
import type { Engine } from "../engine.js";
import type { Condition, Rule } from "../rule.js";

const MODEL = `[request_definition]
r = tool, call
[policy_definition]
p = tool, condition, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = r.tool == p.tool && eval(p.condition)
`;

/** casbin with a condition in each policy line, which its matcher evaluates: one enforcer, or one a tool. */
export const casbin: readonly Engine[] = [
  {
    name: "casbin",
    form: "as is",
    async prepare({ rules, requests }) {
      const make = await enforcers();
      return {
        async load(loopOver) {
          const enforcer = await make(rules);
          return loopOver(requests, (call) => enforcer.enforceSync(call.tool, call));
        },
      };
    },
  },
  {
    name: "casbin",
    form: "an enforcer a tool",
    async prepare({ rulesOf, requests }) {
      const make = await enforcers();
      return {
        async load(loopOver) {
          const byTool = new Map<string, Enforcer>();
          for (const [tool, rules] of rulesOf) byTool.set(tool, await make(rules));
          return loopOver(requests, (call) => byTool.get(call.tool)?.enforceSync(call.tool, call) === true);
        },
      };
    },
  },
];

async function enforcers(): Promise<(rules: readonly Rule[]) => Promise<Enforcer>> {
  const { newEnforcer, newModelFromString } = await import("casbin");
  return async (rules) => {
    const enforcer = await newEnforcer(newModelFromString(MODEL));
    const startsWith = (text: unknown, prefix: string): boolean => typeof text === "string" && text.startsWith(prefix);
    const isIn = (value: string, values: readonly string[]): boolean => values.includes(value);
    const anyIn = (values: readonly string[], wanted: readonly string[]): boolean =>
      values.some((value) => wanted.includes(value));
    await enforcer.addFunction("startsWith", startsWith);
    await enforcer.addFunction("isIn", isIn);
    await enforcer.addFunction("anyIn", anyIn);
    await enforcer.addPolicies(
      rules.map(({ tool, effect, when }) => [
        tool,
        when.map(conditionText).join(" && "),
        effect === "permit" ? "allow" : "deny",
      ]),
    );
    return enforcer;
  };
}

const COMPARISONS = { below: "<", atMost: "<=", above: ">", atLeast: ">=" } as const;

function conditionText(condition: Condition): string {
  if (condition.op === "role") return `anyIn(r.call.roles, ${JSON.stringify(condition.anyOf)})`;
  const field = condition.field === "user" ? "r.call.user" : `r.call.args.${condition.field}`;
  switch (condition.op) {
    case "equal":
      return `${field} == ${JSON.stringify(condition.value)}`;
    case "notEqual":
      return `${field} != ${JSON.stringify(condition.value)}`;
    case "oneOf":
    case "hostIn":
      return `isIn(${field}, ${JSON.stringify(condition.values)})`;
    case "under":
      return `startsWith(${field}, ${JSON.stringify(`${condition.folder}/`)})`;
    case "startsWith":
      return `startsWith(${field}, ${JSON.stringify(condition.prefix)})`;
    case "below":
    case "atMost":
    case "above":
    case "atLeast":
      return `${field} ${COMPARISONS[condition.op]} ${condition.value}`;
  }
}
