import type { Field, Label, Tool, Type } from "@writ/ir";
import type { TypeTable } from "./symbols.js";

/** The labels of a policy by what they are about. */
export interface LabelScales {
  /** Who may steer, best first. */
  readonly integrity: readonly string[];
  /** Levels of confidentiality, each scale lowest first. */
  readonly levels: readonly (readonly string[])[];
  readonly categories: ReadonlySet<string>;
}

/** The scale called `integrity` says who may steer; every other ordered one says where data may go. */
export function scalesOf(labels: readonly Label[]): LabelScales {
  return {
    integrity: labels.find((label) => label.ordered && label.name === "integrity")?.values ?? [],
    levels: labels.filter((label) => label.ordered && label.name !== "integrity").map((label) => label.values),
    categories: new Set(labels.filter((label) => !label.ordered).flatMap((label) => label.values)),
  };
}

/** Whether a label asks for care: a category, or a level above the lowest. */
export function isSensitive(label: string, scales: LabelScales): boolean {
  return scales.categories.has(label) || scales.levels.some((scale) => scale.indexOf(label) > 0);
}

/** Whether data with a label is reached by a flow for another: the same, or a lower level of the same scale. */
export function reaches(label: string, wanted: string, scales: LabelScales): boolean {
  if (label === wanted) return true;
  return [...scales.levels, scales.integrity].some((scale) => {
    const at = scale.indexOf(wanted);
    return at !== -1 && scale.indexOf(label) > at;
  });
}

/** Every label that a result of a tool may carry. */
export function returnedLabels(tool: Tool, types: TypeTable): ReadonlySet<string> {
  const labels = new Set([...tool.labels, ...(tool.labelsBy?.entries ?? []).map((entry) => entry.label)]);
  if (tool.result !== undefined)
    for (const field of fieldsIn(tool.result, types)) for (const one of field.labels ?? []) labels.add(one);
  return labels;
}

/** Every field of a type, nested ones too, each record once. */
export function fieldsIn(type: Type, types: TypeTable, seen: Set<Type> = new Set()): readonly Field[] {
  if (seen.has(type)) return [];
  seen.add(type);
  switch (type.kind) {
    case "Named": {
      const named = types.get(type.name);
      return named === undefined ? [] : fieldsIn(named, types, seen);
    }
    case "List":
      return fieldsIn(type.of, types, seen);
    case "Record":
      return type.fields.flatMap((field) => [field, ...fieldsIn(field.type, types, seen)]);
    default:
      return [];
  }
}

/** Whether a result may be one that nobody vouches for: its tool says so or says nothing, or one of its fields does. */
export function mayBeUntrusted(tool: Tool, scales: LabelScales, types: TypeTable): boolean {
  if (tool.result === undefined) return false;
  const worst = scales.integrity.at(-1);
  const labels = returnedLabels(tool, types);
  if (worst !== undefined && labels.has(worst)) return true;
  return saysNoIntegrity(tool, scales, types);
}

/** Whether something that a tool returns has no integrity of its own, neither by the tool nor by its field. */
export function saysNoIntegrity(tool: Tool, scales: LabelScales, types: TypeTable): boolean {
  if (tool.result === undefined || tool.labels.some((label) => scales.integrity.includes(label))) return false;
  return !isCovered(tool.result, scales, types, 0);
}

function isCovered(type: Type, scales: LabelScales, types: TypeTable, depth: number): boolean {
  if (depth > 64) return false;
  switch (type.kind) {
    case "Named": {
      const named = types.get(type.name);
      return named !== undefined && isCovered(named, scales, types, depth + 1);
    }
    case "List":
      return isCovered(type.of, scales, types, depth + 1);
    case "Record":
      return type.fields.every(
        (field) =>
          (field.labels ?? []).some((label) => scales.integrity.includes(label)) ||
          field.by !== undefined ||
          isCovered(field.type, scales, types, depth + 1),
      );
    default:
      return false;
  }
}
