import type { Expression } from "@writ/ir";
import { acting, sayAt, type Checked, type PlacedRule } from "../checked.js";

interface Need {
  readonly tool: string;
  readonly placed: PlacedRule;
}

/** E205: tools that wait for each other's calls are never called. Only a `require` without conditions counts. */
export function checkRequireCycle(checked: Checked): void {
  const needs = new Map<string, Need[]>();
  for (const placed of acting(checked)) {
    const { rule, node } = placed;
    if (rule.form !== "require" || node.clauses.some((clause) => ["for", "when", "unless"].includes(clause.kind)))
      continue;
    const wanted = eventOf(rule.when);
    if (wanted === undefined) continue;
    for (const tool of rule.tools) needs.set(tool, [...(needs.get(tool) ?? []), { tool: wanted, placed }]);
  }
  const done = new Set<string>();
  const enter = (tool: string, trail: readonly string[]): void => {
    if (done.has(tool)) return;
    for (const need of needs.get(tool) ?? []) {
      const from = [...trail, tool].indexOf(need.tool);
      if (from !== -1) {
        const cycle = [...trail, tool].slice(from);
        sayAt(checked, "E205", need.placed.rule.at, {
          name: need.placed.rule.id,
          list: [...cycle, need.tool].slice(0, 12),
        });
      } else if (trail.length < 1000) enter(need.tool, [...trail, tool]);
    }
    done.add(tool);
  };
  for (const tool of needs.keys()) enter(tool, []);
}

/** The tool whose call is wanted: a `require` refuses unless it was made. */
function eventOf(when: Expression): string | undefined {
  if (when.op === "not" && when.of.op === "did")
    return when.of.event.outcome === "denied" ? undefined : when.of.event.tool;
  return undefined;
}
