import type { Report } from "../../diagnostics/diagnostic.js";
import type { Declaration, FlowNode } from "../../syntax/ast.js";
import type { ModuleScope } from "../symbols.js";

/** The id of a flow without a name: its words, with `|`, `&` and `*` as `or`, `and` and `any`. */
function flowName(node: FlowNode): string {
  const labels = node.labels.map((all) => all.map((label) => label.text).join("_and_")).join("_or_");
  const targets = node.targets.map((target) => target.text.replaceAll("*", "any").replaceAll(".", "_")).join("_or_");
  return `${labels}_to_${targets}`;
}

/** E099 for whole declarations: what parses and is not acted on yet is refused, never ignored. */
export function refuseUnenforced(node: Declaration, scope: ModuleScope, report: Report): void {
  const { file } = scope.module;
  switch (node.kind) {
    case "taint":
      return report.add("E099", file, node.at, { what: `\`taint ${node.mode}\`` });
    case "param":
      scope.refused.add(node.name.text);
      return report.add("E099", file, node.name.at, { what: "`param`" });
    case "fact":
      scope.refused.add(node.name.text);
      return report.add("E099", file, node.name.at, { what: "`fact`" });
    case "intent":
      scope.refused.add(node.name.text);
      return report.add("E099", file, node.name.at, { what: "`intent`" });
    case "prove":
      return report.add("E099", file, node.name.at, { what: "`prove`" });
    case "flow":
      scope.refused.add(node.name?.text ?? flowName(node));
      return report.add("E099", file, { start: node.at.start, end: node.at.start + 4 }, { what: "`flow`" });
    case "rule":
      if (node.rule === "require" || node.rule === "quota" || node.rule === "output" || node.rule === "endorse") {
        report.add("E099", file, { start: node.at.start, end: node.name.at.end }, { what: `\`${node.rule}\`` });
      }
      return undefined;
    case "let":
    case "label":
    case "identity":
    case "type":
    case "role":
    case "tier":
    case "tool":
    case "test":
      return undefined;
  }
}
