import type { Attempt } from "../call/context.js";
import { withDecision } from "../evaluate/decided.js";
import type { NestedIn } from "./nested-in.js";

/**
 * A tool's own `network` grants the fetches to it that its program makes (language.md section 3): where nothing but the
 * lack of a grant refuses one, it is allowed, or asked about where a rule demands that. A refusal by any rule stands.
 */
export function listGrants(nested: NestedIn, attempt: Attempt): Attempt {
  const { decision } = attempt.verdict;
  const [only] = decision.reasons;
  if (!nested.listed || decision.effect !== "forbid" || decision.reasons.length !== 1 || only?.by !== "default")
    return attempt;
  const effect = decision.demands.length > 0 ? ("ask" as const) : ("allow" as const);
  return {
    ...attempt,
    verdict: withDecision(attempt.verdict, {
      ...decision,
      effect,
      reasons: [{ by: "network", kind: "allow", truth: "true" }],
    }),
  };
}
