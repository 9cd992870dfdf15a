import type { Type } from "@writ/ir";
import { isListValue, type Value } from "@writ/ir/values";
import { step, type Scope } from "./scope.js";

/** Every given value of one type among the arguments, in records and lists too. */
export function argumentsOf(type: Type, scope: Scope): readonly Value[] {
  const out: Value[] = [];
  const visit = (declared: Type, value: Value): void => {
    step(scope);
    if (sameKind(declared, type)) out.push(value);
    if (declared.kind === "Named") {
      const named = scope.program.types.get(declared.name);
      if (named !== undefined && !sameKind(declared, type)) visit(named, value);
    } else if (declared.kind === "List" && isListValue(value)) {
      for (const item of value) visit(declared.of, item);
    } else if (declared.kind === "Record" && value instanceof Map) {
      for (const inner of declared.fields) {
        const given = field(value, inner.name);
        if (given !== undefined) visit(inner.type, given);
      }
    }
  };
  for (const [name, param] of scope.tool?.params ?? []) {
    const value = scope.args.get(name);
    if (value !== undefined) visit(param.type, value);
  }
  return out;
}

/** A field of a record value; undefined where it was not given. */
export function field(value: Value | undefined, name: string): Value | undefined {
  if (!(value instanceof Map)) return undefined;
  const map: ReadonlyMap<string, Value> = value;
  return map.get(name);
}

/** Whether two types are of one kind; parameters such as a length do not matter, the name of a record does. */
function sameKind(a: Type, b: Type): boolean {
  if (a.kind === "Named" || b.kind === "Named")
    return a.kind === b.kind && "name" in a && "name" in b && a.name === b.name;
  return a.kind === b.kind;
}
