import type { AuthorizationAnswer, StatefulAuthorizationCall } from "@cedar-policy/cedar-wasm/nodejs";
import type { Engine } from "../engine.js";
import type { Condition, Request, Rule, Workload } from "../rule.js";

/** Cedar's own evaluator in WebAssembly, with policies parsed once and kept: all of them in one set, or a set a tool. */
export const cedar: readonly Engine[] = [
  engineOf(
    "as is",
    ({ rules }) => new Map([["all", rules]]),
    () => "all",
  ),
  engineOf(
    "a policy set a tool",
    ({ rulesOf }) => rulesOf,
    ({ tool }) => tool,
  ),
];

function engineOf(
  form: string,
  setsOf: (workload: Workload) => ReadonlyMap<string, readonly Rule[]>,
  setOf: (request: Request) => string,
): Engine {
  return {
    name: "Cedar (cedar-wasm)",
    form,
    async prepare(workload) {
      const { preparsePolicySet, statefulIsAuthorized } = await import("@cedar-policy/cedar-wasm/nodejs");
      const sets = [...setsOf(workload)].map(([id, rules]) => ({ id, text: rules.map(policyText).join("\n") }));
      const calls = workload.requests.map((request) => callOf(request, setOf(request)));
      return {
        async load(loopOver) {
          for (const { id, text } of sets) {
            const answer = preparsePolicySet(id, { staticPolicies: text });
            if (answer.type !== "success") throw new Error(`cedar: ${JSON.stringify(answer.errors).slice(0, 500)}`);
          }
          return loopOver(calls, (call) => isAllow(statefulIsAuthorized(call)));
        },
      };
    },
  };
}

function isAllow(answer: AuthorizationAnswer): boolean {
  if (answer.type !== "success") throw new Error(`cedar: ${JSON.stringify(answer.errors).slice(0, 500)}`);
  return answer.response.decision === "allow";
}

/** Roles in the context: as parents in an entity store they came out the same or slower. */
function callOf({ tool, user, roles, args }: Request, preparsedPolicySetId: string): StatefulAuthorizationCall {
  return {
    principal: { type: "User", id: user },
    action: { type: "Action", id: tool },
    resource: { type: "Workspace", id: "ws" },
    context: { ...args, roles: [...roles] },
    entities: [],
    preparsedPolicySetId,
  };
}

function policyText({ id, tool, effect, when }: Rule): string {
  return `@id("${id}")
${effect}(principal, action == Action::"${tool}", resource) when { ${when.map(conditionText).join(" && ")} };`;
}

const COMPARISONS = { below: "<", atMost: "<=", above: ">", atLeast: ">=" } as const;
const set = (values: readonly string[]): string => `[${values.map((value) => JSON.stringify(value)).join(", ")}]`;

function conditionText(condition: Condition): string {
  if (condition.op === "role") return `context.roles.containsAny(${set(condition.anyOf)})`;
  const field = `context.${condition.field}`;
  const ofUser = condition.field === "user";
  switch (condition.op) {
    case "equal":
      return ofUser ? `principal == User::"${condition.value}"` : `${field} == ${JSON.stringify(condition.value)}`;
    case "notEqual":
      return ofUser ? `principal != User::"${condition.value}"` : `${field} != ${JSON.stringify(condition.value)}`;
    case "oneOf":
    case "hostIn":
      return `${set(condition.values)}.contains(${field})`;
    case "under":
      return `${field} like "${condition.folder}/*"`;
    case "startsWith":
      return `${field} like "${condition.prefix}*"`;
    case "below":
    case "atMost":
    case "above":
    case "atLeast":
      return `${field} ${COMPARISONS[condition.op]} ${condition.value}`;
  }
}
