import { expand } from "../infer/scope.js";
import { sayAt, type Checked } from "../checked.js";
import { fieldsIn, scalesOf } from "../label-scales.js";
import type { FieldNode, TypeNode } from "../../syntax/ast.js";

/**
 * E306: free text that is called trusted. Text that an outsider can write, and that counts as the user's own word, is
 * what policies get wrong most; a shape says what such a text may look like. W302 where a whole tool is trusted.
 */
export function checkTrustedText(checked: Checked): void {
  const scales = scalesOf(checked.labels);
  const [best] = scales.integrity;
  if (best === undefined) return;
  const { report, scopes } = checked.program;
  for (const scope of scopes.values()) {
    for (const node of scope.module.syntax.declarations) {
      const type = node.kind === "type" ? node.record : node.kind === "tool" ? node.result : undefined;
      for (const field of type === undefined ? [] : fieldNodes(type)) {
        const label = field.labels.find((one) => one.text === best);
        if (label !== undefined && field.shape === undefined && isFreeText(field.type))
          report.add("E306", scope.module.file, label.at, { name: field.name.text, what: best });
      }
    }
  }
  for (const tool of checked.tools) {
    if (tool.result === undefined || !tool.labels.includes(best)) continue;
    const result = expand(tool.result, checked.types);
    const texts = fieldsIn(tool.result, checked.types).filter(
      (field) =>
        (field.type.kind === "Text" || field.type.kind === "Line") &&
        field.matches === undefined &&
        field.like === undefined &&
        !(field.labels ?? []).some((label) => scales.integrity.includes(label)),
    );
    const isText = result.kind === "Text" || result.kind === "Line";
    if (isText || texts.length > 0)
      sayAt(checked, "W302", tool.at, {
        name: tool.name,
        what: best,
        list: isText ? ["the result"] : texts.map((one) => one.name),
      });
  }
}

function fieldNodes(type: TypeNode): readonly FieldNode[] {
  switch (type.kind) {
    case "list":
      return fieldNodes(type.of);
    case "record":
      return type.fields.flatMap((field) => [field, ...fieldNodes(field.type)]);
    default:
      return [];
  }
}

function isFreeText(type: TypeNode): boolean {
  if (type.kind === "list") return isFreeText(type.of);
  return type.kind === "name" && (type.name.text === "Text" || type.name.text === "Line");
}
