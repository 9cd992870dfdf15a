import type { Tool } from "@writ/ir";
import { isShadow } from "../annotations.js";
import type { Program } from "../resolve.js";
import type { ModuleScope } from "../symbols.js";
import { toolsMeant, type ToolIndex } from "../targets.js";

/** Whether the policy, or one it extends, says anything of calls; a file that only declares is there to be used. */
export function hasRules(program: Program): boolean {
  return program.lineage.some((scope) =>
    scope.module.syntax.declarations.some((node) => node.kind === "rule" || node.kind === "flow"),
  );
}

/** W201: a tool that no allow and no ask concerns. What is only evaluated for the record grants nothing. */
export function checkUngranted(
  program: Program,
  tools: readonly Tool[],
  indexOf: (scope: ModuleScope) => ToolIndex,
): void {
  if (!hasRules(program) || program.lineage.some((scope) => scope.module.lost.length > 0)) return;
  const granted = new Set<Tool>();
  for (const scope of program.lineage) {
    for (const node of scope.module.syntax.declarations) {
      if (node.kind !== "rule" || (node.rule !== "allow" && node.rule !== "ask") || isShadow(node)) continue;
      for (const target of node.targets) for (const tool of toolsMeant(target.text, indexOf(scope))) granted.add(tool);
    }
  }
  for (const symbol of new Set(program.entry.visible("tool").values())) {
    const tool = tools.find((one) => one.name === symbol.name);
    if (tool !== undefined && !granted.has(tool))
      program.report.add("W201", symbol.module.file, symbol.at, { name: tool.name });
  }
}
