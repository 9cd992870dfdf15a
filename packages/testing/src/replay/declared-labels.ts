import type { Bundle, Field, Type } from "@writ/ir";

/** Every label that a tool declares for its results and their fields, integrity left out. */
export function declaredLabels(bundle: Bundle, wire: string): readonly string[] {
  const tool = bundle.tools.find(({ name, as }) => as === wire || name === wire);
  if (tool === undefined) return [];
  const integrity = new Set(bundle.labels.find(({ name }) => name === "integrity")?.values);
  const names = new Set(tool.labels);
  const fields = (list: readonly Field[], seen: ReadonlySet<string>): void => {
    for (const field of list) {
      for (const label of field.labels ?? []) names.add(label);
      visit(field.type, seen);
    }
  };
  const visit = (type: Type | undefined, seen: ReadonlySet<string>): void => {
    if (type?.kind === "List") visit(type.of, seen);
    else if (type?.kind === "Record") fields(type.fields, seen);
    else if (type?.kind === "Named" && !seen.has(type.name))
      visit(bundle.types.find(({ name }) => name === type.name)?.type, new Set([...seen, type.name]));
  };
  visit(tool.result, new Set());
  return [...names].filter((name) => !integrity.has(name));
}
