import type { Engine } from "../engine.js";
import type { Condition, Request, Rule, Workload } from "../rule.js";

interface CelInput {
  [name: string]: string | string[] | Record<string, string | number>;
}
type Expression = (input: CelInput) => unknown;

/** Two libraries for the Common Expression Language, given an expression a tool that the host finds, or one for all. */
export const cel: readonly Engine[] = [
  byTool("CEL (@marcbachmann/cel-js)", marcbachmann),
  {
    name: "CEL (@marcbachmann/cel-js)",
    form: "one expression",
    async prepare(workload) {
      const parse = await marcbachmann();
      const text = allTools(workload);
      const inputs = workload.requests.map(inputOf);
      return {
        async load(loopOver) {
          const evaluate = parse(text);
          return loopOver(inputs, (input) => evaluate(input) === true);
        },
      };
    },
  },
  byTool("CEL (@bufbuild/cel)", bufbuild),
];

function byTool(name: string, library: () => Promise<(text: string) => Expression>): Engine {
  return {
    name,
    form: "an expression a tool",
    async prepare({ rulesOf, requests }) {
      const parse = await library();
      const texts = [...rulesOf].map(([tool, rules]) => [tool, oneTool(rules)] as const);
      const inputs = requests.map(({ tool, ...request }) => ({ tool, input: inputOf({ tool, ...request }) }));
      return {
        async load(loopOver) {
          const expressions = new Map(texts.map(([tool, text]) => [tool, parse(text)]));
          return loopOver(inputs, ({ tool, input }) => expressions.get(tool)?.(input) === true);
        },
      };
    },
  };
}

async function marcbachmann(): Promise<(text: string) => Expression> {
  const { Environment } = await import("@marcbachmann/cel-js");
  const many = 1_000_000_000;
  // Its limits are for texts of strangers; a policy of 10,000 rules is ours.
  const environment = new Environment({
    limits: { maxAstNodes: many, maxDepth: many, maxListElements: many, maxCallArguments: many },
  })
    .registerVariable("tool", "string")
    .registerVariable("user", "string")
    .registerVariable("roles", "list")
    .registerVariable("args", "map");
  return (text) => environment.parse(text);
}

async function bufbuild(): Promise<(text: string) => Expression> {
  const { celEnv, parse, plan } = await import("@bufbuild/cel");
  const environment = celEnv();
  return (text) => plan(environment, parse(text));
}

function inputOf({ tool, user, roles, args }: Request): CelInput {
  return { tool, user, roles: [...roles], args: { ...args } };
}

const either = (rules: readonly Rule[], effect: Rule["effect"]): string =>
  rules
    .filter((rule) => rule.effect === effect)
    .map(({ when }) => `(${when.map(conditionText).join(" && ")})`)
    .join(" || ") || "false";

function oneTool(rules: readonly Rule[]): string {
  return `!(${either(rules, "forbid")}) && (${either(rules, "permit")})`;
}

function allTools({ rulesOf }: Workload): string {
  return [...rulesOf].map(([tool, rules]) => `(tool == "${tool}" && ${oneTool(rules)})`).join(" || ");
}

const COMPARISONS = { below: "<", atMost: "<=", above: ">", atLeast: ">=" } as const;

function conditionText(condition: Condition): string {
  if (condition.op === "role") {
    const [first, ...more] = condition.anyOf.map((name) => JSON.stringify(name));
    return more.length === 0 ? `${first} in roles` : `roles.exists(x, x in [${[first, ...more].join(", ")}])`;
  }
  const field = condition.field === "user" ? "user" : `args.${condition.field}`;
  switch (condition.op) {
    case "equal":
      return `${field} == ${JSON.stringify(condition.value)}`;
    case "notEqual":
      return `${field} != ${JSON.stringify(condition.value)}`;
    case "oneOf":
    case "hostIn":
      return `${field} in ${JSON.stringify(condition.values)}`;
    case "under":
      return `${field}.startsWith(${JSON.stringify(`${condition.folder}/`)})`;
    case "startsWith":
      return `${field}.startsWith(${JSON.stringify(condition.prefix)})`;
    // A number of JavaScript is a double there.
    case "below":
    case "atMost":
    case "above":
    case "atLeast":
      return `${field} ${COMPARISONS[condition.op]} ${condition.value.toFixed(1)}`;
  }
}
