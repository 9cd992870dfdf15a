import type { Decision, Json } from "@writ/ir";
import type { Value } from "@writ/ir/values";
import type { Match } from "./combine.js";
import type { Verdict } from "./decide.js";
import type { Canonical } from "./engine/canonical.js";
import { scopeFor, type Situation } from "./engine/frame.js";
import type { Finding } from "./finding.js";
import type { Program, ToolProgram } from "./program.js";
import type { Scope } from "./scope.js";

/**
 * A verdict that puts its parts together when they are looked at. How the conditions came out was found when the call was
 * decided, and is not found again.
 */
export class Decided implements Verdict {
  readonly tool: ToolProgram;
  readonly #program: Program;
  readonly #finding: Finding;
  readonly #canonical: Canonical;
  readonly #situation: Situation;
  #scope: Scope | undefined;

  constructor(
    program: Program,
    tool: ToolProgram,
    finding: Finding,
    canonical: Canonical,
    situation: Situation,
    scope: Scope | undefined,
  ) {
    this.tool = tool;
    this.#program = program;
    this.#finding = finding;
    this.#canonical = canonical;
    this.#situation = situation;
    this.#scope = scope;
  }

  get args(): Json {
    return this.#canonical.wire;
  }

  get values(): ReadonlyMap<string, Value> {
    return this.#canonical.values;
  }

  get decision(): Decision {
    return this.#finding.decision;
  }

  get matches(): readonly Match[] {
    return this.#finding.matches;
  }

  get scope(): Scope {
    this.#scope ??= scopeFor(this.#program, this.tool, this.#canonical.values, this.#situation);
    return this.#scope;
  }
}

/**
 * The same verdict with another decision, and other matches where they are given. Of one shape, whatever it lacks: what
 * compiled code knows of a spread object is forgotten when there is none, and the code with it.
 */
export function withDecision(verdict: Verdict, decision: Decision, matches?: readonly Match[]): Verdict {
  const { tool, args, values, scope } = verdict;
  return { decision, matches: matches ?? verdict.matches, tool, args, values, scope };
}
