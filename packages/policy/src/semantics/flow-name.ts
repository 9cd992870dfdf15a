import type { FlowNode } from "../syntax/ast.js";

/** The id of a flow: its name, or its words, with `|`, `&` and `*` as `or`, `and` and `any`. */
export function flowName(node: FlowNode): string {
  if (node.name !== undefined) return node.name.text;
  const labels = node.labels.map((all) => all.map((label) => label.text).join("_and_")).join("_or_");
  const targets = node.targets.map((target) => target.text.replaceAll("*", "any").replaceAll(".", "_")).join("_or_");
  return `${labels}_to_${targets}`;
}
