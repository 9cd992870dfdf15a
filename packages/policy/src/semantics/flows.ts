import type { Tool } from "@writ/ir";
import type { FlowNode } from "../syntax/ast.js";
import { isShadow } from "./annotations.js";
import { grantsOf, type Checked } from "./checked.js";
import { isSensitive, reaches, returnedLabels, type LabelScales } from "./label-scales.js";
import { toolsMeant } from "./targets.js";

/** A flow that refuses or asks, and the tools it stands before. One that raises a tier lets the data go. */
export interface DecidingFlow {
  readonly node: FlowNode;
  readonly tools: ReadonlySet<Tool>;
}

export function decidingFlows(checked: Checked): readonly DecidingFlow[] {
  return checked.program.lineage.flatMap((scope) =>
    scope.module.syntax.declarations.flatMap((node) =>
      node.kind !== "flow" || node.action === "raise" || isShadow(node)
        ? []
        : [{ node, tools: new Set(node.targets.flatMap((target) => toolsMeant(target.text, checked.indexOf(scope)))) }],
    ),
  );
}

/** Whether a flow decides on data that has this label and maybe no other. */
export function decides(flow: DecidingFlow, label: string, tool: Tool, scales: LabelScales): boolean {
  return (
    flow.tools.has(tool) && flow.node.labels.some((all) => all.every((wanted) => reaches(label, wanted.text, scales)))
  );
}

/** The labels that ask for care, each with a tool that is granted and returns it. */
export function sensitiveSources(checked: Checked, scales: LabelScales): ReadonlyMap<string, Tool> {
  const sources = new Map<string, Tool>();
  for (const tool of checked.tools) {
    for (const label of returnedLabels(tool, checked.types)) {
      if (isSensitive(label, scales) && !sources.has(label) && grantsOf(checked, tool).length > 0)
        sources.set(label, tool);
    }
  }
  return sources;
}

/** The granted tools that send what they are given out, or to a place that an argument names. */
export function sinkTools(checked: Checked): readonly Tool[] {
  return checked.tools.filter(
    (tool) =>
      (tool.effects.includes("egress") || tool.sinks.length > 0) &&
      tool.params.length > 0 &&
      grantsOf(checked, tool).length > 0,
  );
}
