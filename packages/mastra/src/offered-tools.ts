import type { Session } from "@writ/runtime";
import { modelName } from "./guarded.js";

/**
 * Those tools that some rule could grant in this session, for an agent whose `tools` are a function of the request. What is
 * left out would always be refused.
 */
export async function offeredTools<TOOLS extends { readonly [name: string]: object }>(
  session: Session,
  tools: TOOLS,
): Promise<Partial<TOOLS>> {
  const visible = await session.visibleTools();
  const offered: Partial<TOOLS> = { ...tools };
  for (const name of Object.keys(tools)) if (!visible.has(modelName(name))) Reflect.deleteProperty(offered, name);
  return offered;
}
