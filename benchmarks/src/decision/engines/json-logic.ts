import type { RulesLogic } from "json-logic-js";
import type { Engine } from "../engine.js";
import type { Condition, Request, Rule, Workload } from "../rule.js";

/** A rule of JsonLogic, as both libraries read it. */
type Logic = { readonly [op: string]: unknown };
type Evaluate = (input: object) => unknown;
type Library = () => Promise<(logic: Logic) => Evaluate>;

/** JsonLogic, interpreted (json-logic-js) and compiled with `new Function` (json-logic-engine). */
export const jsonLogic: readonly Engine[] = [
  byTool("json-logic-engine", compiled),
  allTools("json-logic-engine", compiled),
  byTool("json-logic-js", interpreted),
  allTools("json-logic-js", interpreted),
];

function byTool(name: string, library: Library): Engine {
  return {
    name,
    form: "logic a tool",
    async prepare({ rulesOf, requests }) {
      const build = await library();
      const logics = [...rulesOf].map(([tool, rules]) => [tool, toolLogic(rules)] as const);
      const inputs = requests.map(inputOf);
      return {
        async load(loopOver) {
          const built = new Map(logics.map(([tool, logic]) => [tool, build(logic)]));
          return loopOver(inputs, (input) => built.get(input.tool)?.(input) === true);
        },
      };
    },
  };
}

function allTools(name: string, library: Library): Engine {
  return {
    name,
    form: "one logic",
    async prepare({ rulesOf, requests }: Workload) {
      const build = await library();
      const or = [...rulesOf].map(([tool, rules]) => ({ and: [{ "===": [{ var: "tool" }, tool] }, toolLogic(rules)] }));
      const inputs = requests.map(inputOf);
      return {
        async load(loopOver) {
          const evaluate = build({ or });
          return loopOver(inputs, (input) => evaluate(input) === true);
        },
      };
    },
  };
}

const startsWith = (text: unknown, prefix: unknown): boolean =>
  typeof text === "string" && typeof prefix === "string" && text.startsWith(prefix);

async function interpreted(): Promise<(logic: Logic) => Evaluate> {
  const { default: library } = await import("json-logic-js");
  library.add_operation("startsWith", startsWith);
  return (logic) => {
    if (!isRules(logic)) throw new Error("not a rule of JsonLogic");
    return (input): unknown => library.apply(logic, input);
  };
}

async function compiled(): Promise<(logic: Logic) => Evaluate> {
  const { LogicEngine } = await import("json-logic-engine");
  const engine = new LogicEngine();
  engine.addMethod("startsWith", ([text, prefix]: unknown[]) => startsWith(text, prefix), { deterministic: true });
  return (logic) => {
    const built: unknown = engine.build(logic);
    if (!isEvaluate(built)) throw new Error("json-logic-engine built no function");
    return built;
  };
}

/** The types of json-logic-js know no operation but its own. */
function isRules(logic: Logic | RulesLogic): logic is RulesLogic {
  return typeof logic === "object";
}

function isEvaluate(built: unknown): built is Evaluate {
  return typeof built === "function";
}

function inputOf({ tool, user, roles, args }: Request): { readonly tool: string } {
  return { tool, user, roles, ...args } as { readonly tool: string };
}

function toolLogic(rules: readonly Rule[]): Logic {
  const any = (effect: Rule["effect"]): Logic => ({
    or: rules.filter((rule) => rule.effect === effect).map(({ when }) => ({ and: when.map(logicOf) })),
  });
  return { and: [{ "!": [any("forbid")] }, any("permit")] };
}

const COMPARISONS = { below: "<", atMost: "<=", above: ">", atLeast: ">=" } as const;

function logicOf(condition: Condition): Logic {
  if (condition.op === "role") return { some: [{ var: "roles" }, { in: [{ var: "" }, condition.anyOf] }] };
  const field = { var: condition.field };
  switch (condition.op) {
    case "equal":
      return { "===": [field, condition.value] };
    case "notEqual":
      return { "!==": [field, condition.value] };
    case "oneOf":
    case "hostIn":
      return { in: [field, condition.values] };
    case "under":
      return { startsWith: [field, `${condition.folder}/`] };
    case "startsWith":
      return { startsWith: [field, condition.prefix] };
    case "below":
    case "atMost":
    case "above":
    case "atLeast":
      return { [COMPARISONS[condition.op]]: [field, condition.value] };
  }
}
