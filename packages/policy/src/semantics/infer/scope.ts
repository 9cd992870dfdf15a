import type { Expression, Span, Type } from "@writ/ir";
import type { Code, Details } from "../../diagnostics/catalog.js";
import type { Place } from "../../source/place.js";
import type { Expr } from "../../syntax/ast.js";
import type { Program } from "../resolve.js";
import type { LetSymbol, ModuleScope, TypeTable } from "../symbols.js";
import type { ToolIndex } from "../targets.js";

/** An expression of the bundle with its type. */
export interface Typed {
  readonly node: Expression;
  readonly type: Type;
}

/** An argument as a rule for several tools sees it. */
export interface Parameter {
  readonly name: string;
  readonly type: Type;
  readonly optional: boolean;
  /** Tools of the rule that do not declare it. */
  readonly missing: readonly string[];
  /** `tool: Type` for each, where they differ. */
  readonly conflict: readonly string[] | undefined;
}

/** Work that one condition may cost, whatever its lets expand to, and the names it has generated. */
export interface Budget {
  left: number;
  names: number;
  exceeded: boolean;
}

export const MAX_NODES = 100_000;

export function newBudget(): Budget {
  return { left: MAX_NODES, names: 0, exceeded: false };
}

/** What is known where an expression stands. */
export interface Scope {
  readonly module: ModuleScope;
  /**
   * Who asks. A rule sees the call and the conversation; an event sees the call of the history that it looks for;
   * a tool's own expressions see its call; a let and a role see neither.
   */
  readonly place: "rule" | "event" | "tool" | "role" | "let" | "test";
  /** In a flow: the labels of what the call carries can be asked for. */
  readonly flow?: true | undefined;
  /** What `result` is here, where there is one. */
  readonly result?: Parameter | undefined;
  /** Among the rule's targets is the agent's answer, whose words are `text`. */
  readonly reply?: true | undefined;
  /** The type of what the sink arguments of the rule's tools hold; absent where no tool has one. */
  readonly sink?: Type | undefined;
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly variables: ReadonlyMap<string, Type>;
  /** Arguments that are known to have been given where this is evaluated (`amount`, `customer.email`). */
  readonly given: ReadonlySet<string>;
  /** The lets being expanded, outermost first. */
  readonly expanding: readonly LetSymbol[];
  readonly budget: Budget;
}

/** The functions that read expressions, handed around so that their files need not import each other. */
export interface Inference {
  readonly program: Program;
  readonly types: TypeTable;
  /** The tools that a module can name. */
  toolsOf(module: ModuleScope): ToolIndex;
  /** What is left of the work that the whole program may cost. */
  readonly total: { left: number };
  /** Host patterns that have been read, by their text. */
  readonly hostPatterns: Map<string, string | undefined>;
  /** A value, read as `expected` where it is a literal; undefined where it has none, which has been said. */
  value(expr: Expr, scope: Scope, expected?: Type): Typed | undefined;
  /** A condition: an expression of type Bool. */
  condition(expr: Expr, scope: Scope): Expression | undefined;
  /** A comparison whose left side has been read. */
  compare(
    operator: Extract<Expr, { kind: "compare" }>["operator"],
    left: Typed,
    right: Expr,
    scope: Scope,
    at: Place,
  ): Expression | undefined;
}

/** A scope that knows nothing of a call. */
export function bareScope(module: ModuleScope, place: Scope["place"]): Scope {
  return {
    module,
    place,
    parameters: new Map(),
    variables: new Map(),
    given: new Set(),
    expanding: [],
    budget: newBudget(),
  };
}

/** Whether the arguments of a call are known: those of the call that is decided, or of one in the history. */
export function seesCall(scope: Scope): boolean {
  return scope.place === "rule" || scope.place === "event" || scope.place === "tool";
}

/** E119 with what the place is and why it does not know a name. */
export function notKnownHere(inference: Inference, scope: Scope, name: string, at: Place): undefined {
  const reason: Readonly<Record<Scope["place"], string>> = {
    rule: "it stands in other places",
    event: "an event asks for a call of the history by its arguments and its result only",
    tool: "a tool's own expressions know its arguments and its result, and who calls",
    role: "a role only knows user, agent, session, now, lets and params",
    let: "a let stands for the same in every rule, so it does not know the call",
    test: "a test gives values as literals",
  };
  return say(inference, scope, "E119", at, { name, reason: reason[scope.place] });
}

/** The span of a place in the bundle. */
export function spanIn(scope: Scope, at: Place): Span {
  const { module } = scope.module;
  const { line, column } = module.file.position(at.start);
  return [module.index, at.start, at.end, line, column];
}

/** Says something about a place and gives nothing: `return say(...)`. */
export function say(
  inference: Inference,
  scope: Scope,
  code: Code,
  at: Place,
  details: Details = {},
  suggestion?: string,
): undefined {
  inference.program.report.add(code, scope.module.module.file, at, details, { suggestion });
  return undefined;
}

/** The names a record, an identity or the like has, as a type: a named record stands for its fields. */
export function expand(type: Type, types: TypeTable): Type {
  let current = type;
  for (let i = 0; current.kind === "Named" && i < 100; i++) current = types.get(current.name) ?? { kind: "Json" };
  return current;
}

/** A name for a generated variable that nothing in scope has. */
export function freshName(scope: Scope): string {
  for (;;) {
    scope.budget.names += 1;
    const name = scope.budget.names === 1 ? "item" : `item${scope.budget.names}`;
    if (!scope.variables.has(name)) return name;
  }
}

/** The let a name stands for, where it stands for one: what is in scope with a fixed meaning wins. */
export function letOf(expr: Expr, scope: Scope): LetSymbol | undefined {
  if (expr.kind === "name") return scope.variables.has(expr.name) ? undefined : scope.module.find("let", expr.name);
  if (expr.kind === "member" && expr.of.kind === "name" && !scope.variables.has(expr.of.name)) {
    return scope.module.find("let", `${expr.of.name}.${expr.name.text}`);
  }
  return undefined;
}
