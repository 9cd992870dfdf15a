import type { Engine as RulesEngine, TopLevelCondition } from "json-rules-engine";
import type { Engine } from "../engine.js";
import { loopOverLater } from "../loop.js";
import type { Condition, Request, Rule } from "../rule.js";

const HELPED =
  "it has no operators for prefixes and for lists with a member in common; the host adds them. Every run is waited for, as it answers no other way";

/** json-rules-engine: one rule each, all of them run, what forbids is an event of its own. */
export const jsonRules: readonly Engine[] = [
  {
    name: "json-rules-engine",
    form: "as is",
    helped: HELPED,
    async prepare({ rules, requests }) {
      const make = await engineMaker();
      const inputs = requests.map(factsOf);
      return {
        async load() {
          const engine = make(rules);
          return loopOverLater(inputs, (input) => allowed(engine, input));
        },
      };
    },
  },
  {
    name: "json-rules-engine",
    form: "an engine a tool",
    helped: HELPED,
    async prepare({ rulesOf, requests }) {
      const make = await engineMaker();
      const inputs = requests.map(factsOf);
      return {
        async load() {
          const engines = new Map([...rulesOf].map(([tool, rules]) => [tool, make(rules)]));
          return loopOverLater(inputs, async (input) => {
            const engine = engines.get(input.tool);
            return engine !== undefined && (await allowed(engine, input));
          });
        },
      };
    },
  },
];

interface Facts extends Record<string, unknown> {
  readonly tool: string;
}

async function engineMaker(): Promise<(rules: readonly Rule[]) => RulesEngine> {
  const { Engine: Rules } = await import("json-rules-engine");
  return (rules) => {
    const engine = new Rules([], { allowUndefinedFacts: true });
    engine.addOperator<string, string>("startsWith", (text, prefix) => text.startsWith(prefix));
    engine.addOperator<readonly string[], readonly string[]>("anyIn", (held, wanted) =>
      held.some((role) => wanted.includes(role)),
    );
    for (const { id, tool, effect, when } of rules)
      engine.addRule({
        name: id,
        // Looked at first: conditions of one priority are all looked at, whatever one of them says.
        conditions: { all: [{ fact: "tool", operator: "equal", value: tool, priority: 10 }, ...when.map(conditionOf)] },
        event: { type: effect },
      });
    return engine;
  };
}

async function allowed(engine: RulesEngine, facts: Facts): Promise<boolean> {
  const { events } = await engine.run(facts);
  return events.length > 0 && events.every(({ type }) => type === "permit");
}

function factsOf({ tool, user, roles, args }: Request): Facts {
  return { tool, user, roles, ...args };
}

const COMPARISONS = {
  below: "lessThan",
  atMost: "lessThanInclusive",
  above: "greaterThan",
  atLeast: "greaterThanInclusive",
} as const;

type Test = Extract<TopLevelCondition, { all: unknown }>["all"][number];

function conditionOf(condition: Condition): Test {
  if (condition.op === "role") return { fact: "roles", operator: "anyIn", value: condition.anyOf };
  const fact = condition.field;
  switch (condition.op) {
    case "equal":
    case "notEqual":
      return { fact, operator: condition.op, value: condition.value };
    case "oneOf":
    case "hostIn":
      return { fact, operator: "in", value: condition.values };
    case "under":
      return { fact, operator: "startsWith", value: `${condition.folder}/` };
    case "startsWith":
      return { fact, operator: "startsWith", value: condition.prefix };
    case "below":
    case "atMost":
    case "above":
    case "atLeast":
      return { fact, operator: COMPARISONS[condition.op], value: condition.value };
  }
}
