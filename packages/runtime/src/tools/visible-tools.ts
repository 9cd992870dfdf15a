import { walk, type Expression, type Identity } from "@writ/ir";
import type { CallContext } from "../call/context.js";
import { truthOf } from "../evaluate/evaluate.js";
import { all, any, negate, type Truth } from "../evaluate/kleene.js";
import type { Program, ToolProgram } from "../evaluate/program.js";
import { createScope, type Scope } from "../evaluate/scope.js";

/** What says the same for the whole of a session: its claims, the policy's params, and what is made of these. */
const LASTING: ReadonlySet<Expression["op"]> = new Set([
  "literal",
  "claim",
  "param",
  "tool",
  "variable",
  "list",
  "field",
  "member",
  "index",
  "map",
  "arithmetic",
  "negate",
  "function",
  "and",
  "or",
  "not",
  "compare",
  "in",
  "between",
  "hostIn",
  "under",
  "like",
  "matches",
  "contains",
  "every",
  "some",
]);

/**
 * The tools that some rule could grant for this identity, by the names that the host calls them by. Arguments, facts,
 * labels, the past and the time count as unknown, so that no tool is missing that a call of it could be granted.
 */
export function visibleTools({
  program,
  identity,
  chain = [],
}: Pick<CallContext, "program" | "identity" | "chain">): ReadonlySet<string> {
  const links = [{ program, identity }, ...chain];
  const out = new Set<string>();
  for (const [name, { tool }] of program.tools)
    if (links.every((link) => couldGrant(link.program, link.program.byName.get(tool.name), link.identity)))
      out.add(name);
  return out;
}

function couldGrant(program: Program, tool: ToolProgram | undefined, identity: Identity): boolean {
  if (tool === undefined) return false;
  const scope = createScope(program, tool, new Map(), identity, 0);
  const truth = (when: Expression): Truth => {
    try {
      return lastingTruth(when, scope, 0);
    } catch {
      return undefined;
    }
  };
  let granted = false;
  for (const { kind, when } of tool.rules) {
    if (kind === "forbid" && truth(when) === true) return false;
    if (!granted && (kind === "allow" || kind === "ask")) granted = truth(when) !== false;
  }
  return granted;
}

const MAX_DEPTH = 256;

/** The truth that a condition has in every call of the session; unknown where calls could differ. */
function lastingTruth(node: Expression, scope: Scope, depth: number): Truth {
  if (depth > MAX_DEPTH) return undefined;
  switch (node.op) {
    case "and":
      return all(node.items, (item) => lastingTruth(item, scope, depth + 1));
    case "or":
      return any(node.items, (item) => lastingTruth(item, scope, depth + 1));
    case "not":
      return negate(lastingTruth(node.of, scope, depth + 1));
    case "role": {
      const condition = scope.program.roles.get(node.name);
      return condition === undefined ? undefined : lastingTruth(condition, scope, depth + 1);
    }
    default:
      return isLasting(node) ? truthOf(node, scope) : undefined;
  }
}

function isLasting(node: Expression): boolean {
  let lasting = true;
  walk(node, (inner) => {
    lasting &&= LASTING.has(inner.op);
  });
  return lasting;
}
