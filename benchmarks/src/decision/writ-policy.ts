import type { Condition, Rule, ToolShape, Workload } from "./rule.js";

/** The workload as a `.policy` file. What its tools do matters to a guard's log, not to a decision. */
export function writPolicy({ tools, rules }: Workload, effect: "read" | "write" = "read"): string {
  const roles = [...new Set(rules.flatMap(({ when }) => when.flatMap(rolesOf)))].toSorted();
  return `policy bench.decision @ 1
use std.tiers

identity user { id: Id, roles: [Text] }

${roles.map((role) => `role ${role} { user.roles has "${role}" }`).join("\n")}

${tools.map((tool) => toolText(tool, effect)).join("\n")}

${rules.map(ruleText).join("\n\n")}
`;
}

function rolesOf(condition: Condition): readonly string[] {
  return condition.op === "role" ? condition.anyOf : [];
}

function toolText({ name, params }: ToolShape, effect: string): string {
  const fields = Object.entries(params).map(([field, type]) => `${field}: ${type}`);
  return `tool ${name} (${fields.join(", ")}) { effect ${effect}  risk low }`;
}

function ruleText({ id, tool, effect, when }: Rule): string {
  const roles = when.flatMap(rolesOf);
  const tests = when.filter(({ op }) => op !== "role").map(conditionText);
  return [
    `${effect === "permit" ? "allow" : "forbid"} ${id} on ${tool} {`,
    ...(roles.length > 0 ? [`  for ${roles.join(", ")}`] : []),
    ...(tests.length > 0 ? [`  when ${tests.join(" and ")}`] : []),
    "}",
  ].join("\n");
}

const COMPARISONS = { below: "<", atMost: "<=", above: ">", atLeast: ">=" } as const;

function conditionText(condition: Condition): string {
  if (condition.op === "role") throw new Error("roles are not among the tests");
  // `to` and the like begin a clause: as arguments they are spelled out.
  const field = condition.field === "user" ? "user.id" : `args.${condition.field}`;
  switch (condition.op) {
    case "equal":
      return `${field} == ${JSON.stringify(condition.value)}`;
    case "notEqual":
      return `${field} != ${JSON.stringify(condition.value)}`;
    case "oneOf":
    case "hostIn":
      return `${field} in [${condition.values.map((value) => JSON.stringify(value)).join(", ")}]`;
    case "under":
      return `${field} under ${JSON.stringify(condition.folder)}`;
    case "startsWith":
      return `${field} like ${JSON.stringify(`${condition.prefix}*`)}`;
    case "below":
    case "atMost":
    case "above":
    case "atLeast":
      return `${field} ${COMPARISONS[condition.op]} ${condition.value}`;
  }
}
