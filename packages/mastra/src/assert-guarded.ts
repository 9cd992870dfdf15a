import { isProviderTool } from "@mastra/core/tools";
import { GuardError } from "@writ/runtime";
import { guardOf } from "./guarded.js";
import { isNet } from "./guard-hooks.js";

/** What is asked of an agent: `Agent` of `@mastra/core/agent` is one. */
export interface AgentLike {
  listTools(options?: object): unknown;
  getConfiguredToolHooks?(): unknown;
}

/**
 * Rejects with a {@link GuardError} where an agent has a tool whose calls no guard takes, tools that the provider runs or
 * that are guarded by different guards, or no net ({@link guardHooks}). `unguarded` names tools that are meant so.
 */
export async function assertGuarded(
  agent: AgentLike,
  { unguarded = [] }: { readonly unguarded?: readonly string[] } = {},
): Promise<void> {
  const listed: unknown = await agent.listTools();
  const tools = typeof listed === "object" && listed !== null ? Object.entries<unknown>({ ...listed }) : [];
  const wrong = tools.flatMap(([name, tool]) => (unguarded.includes(name) ? [] : problem(name, tool)));
  const guards = new Set(tools.flatMap(([, tool]) => (isTool(tool) ? (guardOf(tool) ?? []) : [])));
  if (guards.size > 1) wrong.push("its tools are guarded by more than one guard");
  if (typeof agent.getConfiguredToolHooks === "function" && !isNet(agent.getConfiguredToolHooks()))
    wrong.push("it has no net: ...guardHooks(guard)");
  if (wrong.length > 0) throw new GuardError("misuse", `the agent is not guarded: ${wrong.join("; ")}`);
}

function problem(name: string, tool: unknown): readonly string[] {
  if (!isTool(tool)) return [`${name} is no tool`];
  if (isProviderTool(tool)) return [`the provider runs ${name}`];
  return guardOf(tool) === undefined ? [`${name} is not guarded: guardTools(guard, { ${name} }, ...)`] : [];
}

function isTool(tool: unknown): tool is object {
  return typeof tool === "object" && tool !== null;
}
