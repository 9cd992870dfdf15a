import type { Expression, Fact, Identity, IdentityKind } from "@writ/ir";
import type { Value } from "@writ/ir/values";
import type { CallFlow } from "../flow/call-flow.js";
import type { History } from "../history/history.js";
import { claimsUnder } from "../identity/bound-identity.js";
import type { Program, ToolProgram } from "./program.js";
import type { Truth } from "./kleene.js";

/** Thrown where a decision takes more steps than it may; the rule under evaluation is then unknown. */
export class BudgetSpent extends Error {}

/** Steps of one decision. */
export const MAX_STEPS = 2_000_000;

/** What was asked outside of a decision: facts of the host and what detectors find. Undefined is unknown, or not asked yet. */
export interface Answers {
  fact(fact: Fact, args: readonly Value[]): Value | undefined;
  detects(detector: string, text: string): Truth;
}

/** What a decision may look at besides the call itself; what is absent is unknown. */
export interface Surroundings {
  /** Labels of the arguments, and what the user said. */
  readonly flow?: CallFlow | undefined;
  /** What the session did. */
  readonly history?: History | undefined;
  readonly answers?: Answers | undefined;
  /** The result of the call, where there is one. */
  readonly result?: Value | undefined;
  /** A test supposes roles instead of proving them. */
  readonly supposed?: ReadonlySet<string> | undefined;
}

/** Everything a condition may look at while one request is decided. */
export interface Scope extends Surroundings {
  readonly program: Program;
  readonly tool: ToolProgram | undefined;
  /** Canonical arguments by name; absent where not given. */
  readonly args: ReadonlyMap<string, Value>;
  readonly claims: Readonly<Record<IdentityKind, ReadonlyMap<string, Value>>>;
  readonly now: number;
  readonly roles: Map<string, Truth>;
  readonly variables: Map<string, Value>;
  /** The list that each variable ranges over. */
  readonly lists: Map<string, Expression>;
  /** Steps left, shared by all rules of one decision. */
  readonly budget: { steps: number };
}

/** A scope for one decision. */
export function createScope(
  program: Program,
  tool: ToolProgram | undefined,
  args: ReadonlyMap<string, Value>,
  identity: Identity,
  now: number,
  around: Surroundings = {},
): Scope {
  return {
    flow: around.flow,
    history: around.history,
    answers: around.answers,
    result: around.result,
    supposed: around.supposed,
    program,
    tool,
    args,
    claims: claimsUnder(program, identity),
    now,
    roles: new Map(),
    variables: new Map(),
    lists: new Map(),
    budget: { steps: MAX_STEPS },
  };
}

/** The scope of a decision, for what is asked of its result. Written out, as a scope is, so that it has the shape of one. */
export function scopeOfResult(scope: Scope, result: Value | undefined): Scope {
  return {
    flow: scope.flow,
    history: scope.history,
    answers: scope.answers,
    result,
    supposed: scope.supposed,
    program: scope.program,
    tool: scope.tool,
    args: scope.args,
    claims: scope.claims,
    now: scope.now,
    roles: scope.roles,
    variables: scope.variables,
    lists: scope.lists,
    budget: scope.budget,
  };
}

/** Counts one step. */
export function step(scope: Scope): void {
  scope.budget.steps -= 1;
  if (scope.budget.steps < 0) throw new BudgetSpent("the decision took too many steps");
}
