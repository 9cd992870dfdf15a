import type { Tool } from "@writ/ir";
import type { Program } from "../resolve.js";
import { toolsMeant, type ToolIndex } from "../targets.js";

/** Whether the entry says anything of calls; a file that only declares is there to be used. */
export function hasRules(program: Program): boolean {
  return program.entry.module.syntax.declarations.some((node) => node.kind === "rule" || node.kind === "flow");
}

/** W201: a tool that no allow and no ask concerns. */
export function checkUngranted(program: Program, tools: readonly Tool[], index: ToolIndex): void {
  if (!hasRules(program) || program.entry.module.lost.length > 0) return;
  const granted = new Set<Tool>();
  for (const node of program.entry.module.syntax.declarations) {
    if (node.kind !== "rule" || (node.rule !== "allow" && node.rule !== "ask")) continue;
    for (const target of node.targets) for (const tool of toolsMeant(target.text, index)) granted.add(tool);
  }
  for (const symbol of new Set(program.entry.visible("tool").values())) {
    const tool = tools.find((one) => one.name === symbol.name);
    if (tool !== undefined && !granted.has(tool))
      program.report.add("W201", symbol.module.file, symbol.at, { name: tool.name });
  }
}
