import { walk, type Expression } from "@writ/ir";
import { any, negate, type Truth } from "../evaluate/kleene.js";
import type { Scope } from "../evaluate/scope.js";
import type { History, PastCall } from "./history.js";

type Event = Extract<Expression, { op: "did" }>["event"];
type Test = (node: Expression, scope: Scope) => Truth;

/**
 * Whether the history of the session holds an event. What is in flight, or came at the same time, is unknown. The time
 * this takes does not grow with the history: each call is looked at once for each event, and of those that fit only
 * the last ones can still matter.
 */
export function happened({ event }: Extract<Expression, { op: "did" }>, scope: Scope, test: Test): Truth {
  const { history } = scope;
  if (history === undefined) return undefined;
  const ended = amongEnded(event, scope, history, test);
  if (ended === true) return true;
  const open = event.outcome === "denied" ? false : inFlight(event, scope, history, test);
  return ended === undefined || open === undefined || !history.complete(event.tool) ? undefined : false;
}

/** Newest first; where one was broken for sure, all that ended before it were too. */
function amongEnded(event: Event, scope: Scope, history: History, test: Test): Truth {
  const candidates = history.candidates(event.tool, dependsOnCallOnly(event.when) ? event : undefined, (call) => {
    const fits = outcome(event, call);
    if (fits === false) return false;
    const truth = holds(event, call, scope, test);
    return truth === true ? fits : truth;
  });
  let found: Truth = false;
  for (let i = candidates.length - 1; i >= 0; i -= 1) {
    const candidate = candidates[i];
    if (candidate === undefined) continue;
    const { call, truth } = candidate;
    if (event.within !== undefined && scope.now - call.ended.latest > event.within) return found;
    if (event.within !== undefined && scope.now - call.ended.at > event.within) continue;
    const broken = any(event.unbroken, (name): Truth => history.broke(name, call));
    if (broken === true) return found;
    if (broken === false && truth === true) return true;
    found = undefined;
    // Against what is in flight now none of them is surely unbroken.
    if (event.unbroken.some((name) => history.isOpen(name))) return found;
  }
  return found;
}

function inFlight(event: Event, scope: Scope, history: History, test: Test): Truth {
  return any(history.open(event.tool), (call): Truth => {
    if (holds(event, call, scope, test) === false) return false;
    const unbroken = negate(any(event.unbroken, (name): Truth => history.broke(name, call)));
    return unbroken === false ? false : undefined;
  });
}

function outcome(event: Event, call: PastCall): Truth {
  if (call.ended?.outcome === "unknown") return event.outcome === "denied" ? false : undefined;
  return call.ended?.outcome === event.outcome;
}

function holds(event: Event, call: PastCall, scope: Scope, test: Test): Truth {
  if (event.when === undefined) return true;
  return test(event.when, {
    ...scope,
    tool: scope.program.byName.get(event.tool),
    args: call.args,
    result: call.ended?.result,
    flow: undefined,
    variables: new Map(),
    lists: new Map(),
  });
}

/** What of an expression the call and the policy alone decide, whoever asks and whenever. */
const FIXED: ReadonlySet<Expression["op"]> = new Set([
  "literal",
  "arg",
  "argsOf",
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
  "given",
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
  "result",
]);

const known = new WeakMap<Expression, boolean>();

function dependsOnCallOnly(when: Expression | undefined): boolean {
  if (when === undefined) return true;
  const before = known.get(when);
  if (before !== undefined) return before;
  let fixed = true;
  walk(when, (node) => {
    if (!FIXED.has(node.op)) fixed = false;
  });
  known.set(when, fixed);
  return fixed;
}
