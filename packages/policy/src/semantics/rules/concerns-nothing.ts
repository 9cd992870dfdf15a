import { suggest } from "../../diagnostics/suggest.js";
import type { FlowNode, RuleNode } from "../../syntax/ast.js";
import { isInherited, type Program } from "../resolve.js";
import { toolsMeant, type ToolIndex } from "../targets.js";
import { EFFECTS, isOneOf } from "../vocabulary.js";

/**
 * Whether a rule is there for tools that are not: the rules of a policy without tools, which are read once a child
 * binds them, and a parent's rules for what the child has none of. W206 where a parent without tools names one.
 */
export function concernsNothing(
  node: Pick<RuleNode, "kind" | "targets" | "rule"> | Pick<FlowNode, "kind" | "targets">,
  program: Program,
  index: ToolIndex,
): boolean {
  const hasTools = index.visible.size > 0;
  if (hasTools && !isInherited(program)) return false;
  // Nothing is known of the tools of a file that could not be read whole.
  if (program.entry.incomplete || program.entry.module.lost.length > 0) return false;
  let nothing = true;
  for (const target of node.targets) {
    if (target.text === "reply" || toolsMeant(target.text, index).length > 0) {
      nothing = false;
      continue;
    }
    if (isOneOf(EFFECTS, target.text) || target.text === "*" || target.text.endsWith(".*")) continue;
    // A parent with tools of its own knows what it names, and a grant by name is for a tool that is there.
    const grants = node.kind === "rule" && (node.rule === "allow" || node.rule === "ask");
    if (program.entry.hasTools || (grants && !isInherited(program))) nothing = false;
    else if (hasTools) {
      const meant = suggest(target.text, index.visible.keys());
      program.report.add("W206", program.entry.module.file, target.at, {
        name: target.text,
        ...(meant === undefined ? {} : { expected: meant }),
      });
    }
  }
  return nothing;
}
