import type { Engine } from "../engine.js";
import type { Condition, Rule } from "../rule.js";

/** CASL: rules by subject, with MongoDB conditions; it finds the rules of a tool by itself. */
export const casl: Engine = {
  name: "CASL",
  form: "as is",
  async prepare({ rulesOf, requests }) {
    const { createMongoAbility } = await import("@casl/ability");
    const subjects = requests.map(({ tool, user, roles, args }) => ({ tool, user, roles, ...args }));
    // The last rule that matches decides, so that what forbids comes after what permits.
    const raw = [...rulesOf.values()].flatMap((rules) =>
      (["permit", "forbid"] as const).flatMap((effect) =>
        rules
          .filter((rule) => rule.effect === effect)
          .map((rule) => ({
            action: "call",
            subject: rule.tool,
            inverted: effect === "forbid",
            conditions: conditionsOf(rule),
          })),
      ),
    );
    return {
      async load(loopOver) {
        const ability = createMongoAbility(raw, { detectSubjectType: (subject) => String(subject["tool"]) });
        return loopOver(subjects, (subject) => ability.can("call", subject));
      },
    };
  },
};

const OPERATORS = { below: "$lt", atMost: "$lte", above: "$gt", atLeast: "$gte" } as const;

function conditionsOf({ when }: Rule): Record<string, Record<string, unknown>> {
  const out: Record<string, Record<string, unknown>> = {};
  for (const condition of when) {
    const field = condition.op === "role" ? "roles" : condition.field;
    out[field] = { ...out[field], ...testOf(condition) };
  }
  return out;
}

function testOf(condition: Condition): Record<string, unknown> {
  switch (condition.op) {
    case "role":
      return { $in: condition.anyOf };
    case "equal":
      return { $eq: condition.value };
    case "notEqual":
      return { $ne: condition.value };
    case "oneOf":
    case "hostIn":
      return { $in: condition.values };
    case "under":
      return { $regex: startsWith(`${condition.folder}/`) };
    case "startsWith":
      return { $regex: startsWith(condition.prefix) };
    case "below":
    case "atMost":
    case "above":
    case "atLeast":
      return { [OPERATORS[condition.op]]: condition.value };
  }
}

function startsWith(prefix: string): RegExp {
  return new RegExp(`^${prefix.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`)}`);
}
