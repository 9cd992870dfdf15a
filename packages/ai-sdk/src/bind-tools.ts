import { asSchema, type ToolSet } from "ai";
import type { Guard, HostTool, Session } from "@writ/runtime";

/**
 * Holds tools against the policy in force, at start: rejects with a `GuardError` `tools_invalid` that names every tool that
 * the policy does not declare or that cannot fit its declaration, with a declaration to paste. A tool that the policy pins
 * is refused until it was bound as it is pinned.
 */
export async function bindTools(guard: Guard, tools: ToolSet): Promise<void> {
  const described: HostTool[] = [];
  for (const [name, { description, inputSchema, isProviderExecuted }] of Object.entries(tools)) {
    if (isProviderExecuted === true && guard.providerTools.has(name)) continue;
    const parameters: unknown = await asSchema(inputSchema).jsonSchema;
    described.push({ name, parameters, ...(typeof description === "string" ? { description } : {}) });
  }
  guard.bind(described);
}

/** The names of the tools that some rule could grant in this session: `activeTools`. What is left out would always be refused. */
export async function offeredTools<TOOLS extends ToolSet>(
  session: Session,
  tools: TOOLS,
): Promise<(keyof TOOLS & string)[]> {
  const visible = await session.visibleTools();
  const names: (keyof TOOLS & string)[] = [];
  for (const name in tools) if (Object.hasOwn(tools, name) && visible.has(name)) names.push(name);
  return names;
}
