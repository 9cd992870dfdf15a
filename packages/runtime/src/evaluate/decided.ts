import type { Decision, Json } from "@writ/ir";
import type { Value } from "@writ/ir/values";
import type { Match } from "./combine.js";
import type { Verdict } from "./decide.js";
import type { Canonical } from "./engine/canonical.js";
import { scopeFor, type Situation } from "./engine/frame.js";
import type { Live } from "./live.js";
import type { ToolProgram } from "./program.js";
import type { Scope } from "./scope.js";

/**
 * A verdict that puts its parts together when they are looked at. How the conditions came out was found when the call was
 * decided, and is not found again.
 */
export class Decided implements Verdict {
  readonly #live: Live;
  readonly #canonical: Canonical;
  readonly #situation: Situation;
  #scope: Scope | undefined;
  #decision: Decision | undefined;
  #matches: readonly Match[] | undefined;

  constructor(live: Live, canonical: Canonical, situation: Situation, scope: Scope | undefined) {
    this.#live = live;
    this.#canonical = canonical;
    this.#situation = situation;
    this.#scope = scope;
  }

  get tool(): ToolProgram {
    return this.#live.tool;
  }

  get args(): Json {
    return this.#canonical.wire;
  }

  get values(): ReadonlyMap<string, Value> {
    return this.#canonical.values;
  }

  get decision(): Decision {
    this.#decision ??= this.#live.whole();
    return this.#decision;
  }

  get matches(): readonly Match[] {
    this.#matches ??= this.#live.matches();
    return this.#matches;
  }

  get scope(): Scope {
    this.#scope ??= scopeFor(this.#live.program, this.#live.tool, this.#canonical.values, this.#situation);
    return this.#scope;
  }
}

/** The same verdict with another decision, and other matches where they are given. */
export function withDecision(verdict: Verdict, decision: Decision, matches?: readonly Match[]): Verdict {
  const { tool, args, values, scope } = verdict;
  return {
    decision,
    matches: matches ?? verdict.matches,
    ...(tool === undefined ? {} : { tool }),
    ...(args === undefined ? {} : { args }),
    ...(values === undefined ? {} : { values }),
    ...(scope === undefined ? {} : { scope }),
  };
}
