import type { ToolSet } from "ai";
import { GuardError } from "@writ/runtime";
import { guardedBy } from "./guarded.js";

/**
 * Throws a {@link GuardError} where an agent, or the settings of `generateText`, have a tool whose calls no guard takes:
 * one that is not guarded, that the provider runs, or that the client runs. `unguarded` names those that are meant so.
 */
export function assertGuarded(
  agent: { readonly tools?: ToolSet | undefined },
  { unguarded = [] }: { readonly unguarded?: readonly string[] } = {},
): void {
  const tools = Object.entries(agent.tools ?? {});
  const sessions = new Set(tools.flatMap(([, tool]) => guardedBy(tool)?.session ?? []));
  const isNamed = (name: string): boolean => [...sessions].some(({ providerTools }) => providerTools.has(name));
  const wrong = tools.flatMap(([name, tool]) =>
    unguarded.includes(name) || (tool.isProviderExecuted === true && isNamed(name)) ? [] : problem(name, tool),
  );
  if (sessions.size > 1) wrong.push("its tools are guarded for more than one session");
  if (wrong.length > 0) throw new GuardError("misuse", `the agent is not guarded: ${wrong.join("; ")}`);
}

function problem(name: string, tool: ToolSet[string]): readonly string[] {
  if (tool.isProviderExecuted === true) return [`the provider runs ${name}`];
  if (typeof tool.execute !== "function") return [`the client runs ${name}`];
  if (guardedBy(tool) === undefined) return [`${name} is not guarded: guardTools(session, { ${name} })`];
  const hooks = ["onInputStart", "onInputDelta", "onInputAvailable"].filter(
    (hook) => typeof Reflect.get(tool, hook) === "function",
  );
  return hooks.map((hook) => `${name} has ${hook}, which runs before anything is decided`);
}
