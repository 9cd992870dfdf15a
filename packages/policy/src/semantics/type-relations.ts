import type { Type } from "@writ/ir";

const TEXTUAL: ReadonlySet<Type["kind"]> = new Set<Type["kind"]>(["Text", "Line", "Id", "Enum"]);
const ORDERED: ReadonlySet<Type["kind"]> = new Set<Type["kind"]>(["Int", "Decimal", "Money", "Duration", "Time"]);

/** Text of any kind: `like`, `matches` and `contains` read it, and it compares with other text. */
export function isTextual(type: Type): boolean {
  return TEXTUAL.has(type.kind);
}

export function isNumber(type: Type): boolean {
  return type.kind === "Int" || type.kind === "Decimal";
}

/** Whether `<` and `>` are defined. */
export function isOrdered(type: Type): boolean {
  return ORDERED.has(type.kind);
}

/** Whether two types are written alike. */
export function sameType(a: Type, b: Type): boolean {
  switch (a.kind) {
    case "Text":
    case "Line":
      return b.kind === a.kind && a.max === b.max;
    case "Money":
      return b.kind === "Money" && a.currency === b.currency;
    case "Enum":
      return (
        b.kind === "Enum" && a.values.length === b.values.length && a.values.every((value, i) => value === b.values[i])
      );
    case "Named":
      return b.kind === "Named" && a.name === b.name;
    case "Ref":
      return b.kind === "Ref" && a.of === b.of;
    case "List":
      return b.kind === "List" && sameType(a.of, b.of);
    case "Record":
      return (
        b.kind === "Record" &&
        a.fields.length === b.fields.length &&
        a.fields.every((field, i) => {
          const other = b.fields[i];
          return (
            other !== undefined &&
            field.name === other.name &&
            field.optional === other.optional &&
            sameType(field.type, other.type)
          );
        })
      );
    default:
      return a.kind === b.kind;
  }
}

/** The type that values of both types have when they are compared; undefined where they cannot be. */
export function commonType(a: Type, b: Type): Type | undefined {
  if (a.kind === "List" && b.kind === "List") {
    const of = commonType(a.of, b.of);
    return of === undefined ? undefined : { kind: "List", of };
  }
  if (a.kind === "Money" && b.kind === "Money") {
    if (a.currency !== undefined && b.currency !== undefined && a.currency !== b.currency) return undefined;
    return a.currency === b.currency ? a : { kind: "Money" };
  }
  if (isNumber(a) && isNumber(b)) return a.kind === b.kind ? a : { kind: "Decimal" };
  if (isTextual(a) && isTextual(b)) return sameType(a, b) ? withoutBound(a) : { kind: "Text" };
  if (a.kind === "Ref" && b.kind === "Ref") return a.of === b.of ? a : undefined;
  if (a.kind === "Json" || a.kind === "Record" || a.kind === "Named" || a.kind === "List") return undefined;
  return a.kind === b.kind ? a : undefined;
}

function withoutBound(type: Type): Type {
  return type.kind === "Text" || type.kind === "Line" ? { kind: type.kind } : type;
}

/** A type as an author writes it. */
export function showType(type: Type): string {
  switch (type.kind) {
    case "Text":
    case "Line":
      return type.max === undefined ? type.kind : `${type.kind}<${type.max}>`;
    case "Money":
      return type.currency === undefined ? "Money" : `Money<${type.currency}>`;
    case "Enum": {
      const shown = type.values.slice(0, 4).map((value) => JSON.stringify(value.slice(0, 40)));
      return `${shown.join(" | ")}${type.values.length > 4 ? " | …" : ""}`;
    }
    case "Named":
      return type.name;
    case "Sql":
      return `Sql<${JSON.stringify(type.dialect)}>`;
    case "Ref":
      return `Ref<${JSON.stringify(type.of.slice(0, 40))}>`;
    case "List":
      return `[${showType(type.of)}]`;
    case "Record":
      return `{ ${type.fields
        .slice(0, 4)
        .map((field) => `${field.name}${field.optional === true ? "?" : ""}: ${showType(field.type)}`)
        .join(", ")}${type.fields.length > 4 ? ", …" : ""} }`;
    default:
      return type.kind;
  }
}

/** A type as a sentence names it: `a Path`, `an Int`. */
export function aType(type: Type): string {
  const shown = showType(type);
  return /^[AEIO]/.test(shown)
    ? `an ${shown}`
    : /^[A-Z]/.test(shown)
      ? `a ${shown}`
      : type.kind === "List"
        ? `a list ${shown}`
        : type.kind === "Enum"
          ? `one of ${shown}`
          : `a record ${shown}`;
}
