import { walk, type Bundle, type Expression, type Rule } from "@writ/ir";
import type { JudgedCall } from "./judge-call.js";

/** What a log does not hold: words, results and where values stand, and what facts answered. */
const NOT_IN_A_LOG: ReadonlySet<Expression["op"]> = new Set([
  "said",
  "asked",
  "integrity",
  "readable",
  "labelled",
  "firstSeen",
  "result",
]);

/** Which decisions of a policy a replay of a log can be sure of. */
export interface Certainty {
  /** Whether the decision would be the same whatever the log does not hold. */
  isSure(judged: JudgedCall): boolean;
}

/** `facts`: those that are answered in the replay. */
export function certaintyOf(bundle: Bundle, facts: ReadonlySet<string>): Certainty {
  const roles = new Map(bundle.roles.map(({ name, when }) => [name, when]));
  const guesses = (node: Expression, seen: ReadonlySet<string>): boolean => {
    let found = false;
    walk(node, (part) => {
      if (NOT_IN_A_LOG.has(part.op) || (part.op === "fact" && !facts.has(part.name))) found = true;
      const role = part.op === "role" && !seen.has(part.name) ? roles.get(part.name) : undefined;
      if (part.op === "role" && role !== undefined) found ||= guesses(role, new Set([...seen, part.name]));
    });
    return found;
  };
  const byTool = new Map<string, Rule[]>();
  for (const rule of bundle.rules)
    for (const tool of rule.shadow === true ? [] : rule.tools) {
      const known = byTool.get(tool) ?? [];
      byTool.set(tool, known);
      known.push(rule);
    }
  const guessed = new Set(bundle.rules.filter(({ when }) => guesses(when, new Set())).map(({ id }) => id));
  return {
    isSure({ effect, tool: wire, by }) {
      const tool = bundle.tools.find(({ name, as }) => name === wire || as === wire)?.name ?? wire;
      const rules = byTool.get(tool) ?? [];
      const open = (...kinds: readonly Rule["kind"][]): boolean =>
        rules.some(({ kind, id }) => kinds.includes(kind) && guessed.has(id));
      const known = by.some((rule) => !guessed.has(rule));
      switch (effect) {
        case "forbid":
          if (by.includes("default")) return !open("allow", "ask");
          return known && !by.includes("withheld");
        case "ask":
          return known && !open("forbid");
        case "allow":
          return known && !open("forbid", "demand", "ask", "output");
        default:
          return false;
      }
    },
  };
}
