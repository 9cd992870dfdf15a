import { look } from "@writ/langgraph/guarded";
import { GuardError, type Guard } from "@writ/runtime";
import { isWritMiddleware } from "./middleware.js";
import { isClientTool, nameOf } from "./server-tools.js";

/**
 * Fails at start where an agent runs tools past the guard: a tool that `guardTools` did not make, a tool that the model's
 * provider runs and `createGuard({ providerTools })` does not name, or no `writMiddleware` as the last middleware. Throws a
 * {@link GuardError} `misuse` that names everything it found.
 */
export function assertGuarded(agent: unknown, guard: Guard): void {
  const graph = field(agent, "graph");
  const options = field(agent, "options");
  if (graph === undefined || options === undefined)
    throw new GuardError("misuse", "assertGuarded takes an agent, as `createAgent` gives it");
  const middleware = listOf(field(options, "middleware"));
  const tools = [...listOf(field(options, "tools")), ...middleware.flatMap((one) => listOf(field(one, "tools")))];
  const faults = [...look(graph, guard).faults];
  for (const tool of tools)
    if (!isClientTool(tool) && !guard.providerTools.has(nameOf(tool)))
      faults.push(`the model's provider runs ${JSON.stringify(nameOf(tool))}, and providerTools does not name it`);
  if (!isWritMiddleware(middleware.at(-1))) faults.push("the last middleware is not writMiddleware(guard, ...)");
  if (faults.length > 0)
    throw new GuardError("misuse", `the agent is not guarded:${faults.map((fault) => `\n- ${fault}`).join("")}`);
}

function field(of: unknown, name: string): unknown {
  return typeof of === "object" && of !== null ? Reflect.get(of, name) : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
