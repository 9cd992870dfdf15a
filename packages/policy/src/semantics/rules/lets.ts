import { isFlexible } from "../infer/literals.js";
import { newBudget, type Inference, type Scope } from "../infer/scope.js";
import type { Program } from "../resolve.js";

/** Every let is read once by itself, so that a mistake in one that nothing uses is said too. */
export function checkLets(inference: Inference, program: Program): void {
  for (const module of program.scopes.values()) {
    for (const symbol of module.own) {
      if (symbol.kind !== "let") continue;
      const scope: Scope = {
        module,
        place: "let",
        parameters: new Map(),
        variables: new Map(),
        given: new Set(),
        expanding: [symbol],
        budget: newBudget(),
      };
      const { value } = symbol.node;
      // A literal has the type of what it is compared with; a range has none of its own.
      if (value.kind === "range" || (value.kind === "list" && value.items.some((item) => item.kind === "range")))
        continue;
      if (value.kind === "record" || (value.kind === "list" && value.items.length === 0)) continue;
      if (value.kind !== "name" && isFlexible(value, scope) && value.kind !== "list") continue;
      inference.value(value, scope);
    }
  }
}
