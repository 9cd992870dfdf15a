import { GuardError, type Guard } from "@writ/runtime";
import { isGuarded } from "./bound.js";
import { GuardNode } from "./guard-node.js";

const MAX_DEPTH = 32;

/**
 * Fails at start where a graph runs tools past the guard: a `ToolNode` with a tool that is not guarded, by this guard where
 * one is named, in a subgraph too; a node that runs tools and answers from a cache (`cachePolicy`); or a graph in which no
 * tool is guarded at all. What a node's own function does is not seen. Throws a {@link GuardError} `misuse` that names
 * everything it found.
 */
export function assertGuarded(graph: unknown, guard?: Guard): void {
  const found = look(graph, guard);
  const faults = found.guarded === 0 ? [...found.faults, "no tool of it is guarded"] : found.faults;
  if (faults.length > 0)
    throw new GuardError("misuse", `the graph is not guarded:${faults.map((fault) => `\n- ${fault}`).join("")}`);
}

export interface Found {
  readonly faults: string[];
  guarded: number;
}

/** What there is of tools in a graph. */
export function look(graph: unknown, guard: Guard | undefined): Found {
  const found: Found = { faults: [], guarded: 0 };
  const nodes = field(graph, "nodes");
  if (typeof nodes !== "object" || nodes === null)
    throw new GuardError("misuse", "assertGuarded takes a compiled graph, as `compile()` gives it");
  lookInto(nodes, "", guard, found, new Set(), 0);
  return found;
}

function lookInto(
  nodes: object,
  path: string,
  guard: Guard | undefined,
  found: Found,
  seen: Set<object>,
  depth: number,
): void {
  for (const [name, node] of Object.entries(nodes)) {
    const at = `${path}${name}`;
    const before = found.guarded;
    lookAt(field(node, "bound"), at, guard, found, seen, depth);
    const subgraphs = field(node, "subgraphs");
    if (Array.isArray(subgraphs)) for (const inner of subgraphs) lookAt(inner, at, guard, found, seen, depth);
    const cached = field(node, "cachePolicy");
    if (cached !== undefined && cached !== null && cached !== false && (found.guarded > before || runsTools(node)))
      found.faults.push(`the node ${at} has a cachePolicy: a cached answer is given without a decision`);
  }
}

function lookAt(
  runnable: unknown,
  at: string,
  guard: Guard | undefined,
  found: Found,
  seen: Set<object>,
  depth: number,
): void {
  if (typeof runnable !== "object" || runnable === null || seen.has(runnable) || depth > MAX_DEPTH) return;
  seen.add(runnable);
  if (runnable instanceof GuardNode) {
    if (guard === undefined || runnable.guard === guard) found.guarded += 1;
    else found.faults.push(`the node ${at} is guarded by another guard`);
    return;
  }
  const tools = toolsOf(runnable);
  if (tools !== undefined) {
    const open = tools
      .filter((tool) => !isGuarded(tool, guard))
      .map((tool) => JSON.stringify(field(tool, "name") ?? "?"));
    if (open.length > 0) found.faults.push(`the node ${at} runs tools past the guard: ${open.join(", ")}`);
    found.guarded += tools.length - open.length;
    return;
  }
  const nodes = field(runnable, "nodes");
  if (typeof nodes === "object" && nodes !== null) lookInto(nodes, `${at}/`, guard, found, seen, depth + 1);
  for (const part of ["bound", "first", "middle", "last", "graph"]) {
    const inner = field(runnable, part);
    for (const one of Array.isArray(inner) ? inner : [inner]) lookAt(one, at, guard, found, seen, depth + 1);
  }
}

function runsTools(node: unknown): boolean {
  const bound = field(node, "bound");
  return bound instanceof GuardNode || toolsOf(bound) !== undefined;
}

/** The tools of a node that runs tools, of LangGraph or LangChain. */
function toolsOf(runnable: unknown): readonly unknown[] | undefined {
  const tools = field(runnable, "tools");
  return Array.isArray(tools) && typeof field(runnable, "runTool") === "function" ? tools : undefined;
}

function field(of: unknown, name: string): unknown {
  return typeof of === "object" && of !== null ? Reflect.get(of, name) : undefined;
}
