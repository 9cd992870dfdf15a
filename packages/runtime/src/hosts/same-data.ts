import type { Json } from "@writ/ir";

/**
 * Whether something given again holds just what a plain copy of it held. False where it cannot be told cheaply, so that it is
 * copied and looked at as a whole: for anything that is not plain data, has a getter, or is a proxy that throws.
 */
export function isSameData(given: unknown, copy: Json): boolean {
  try {
    return isSame(given, copy);
  } catch {
    return false;
  }
}

function isSame(given: unknown, copy: Json): boolean {
  if (typeof given !== "object" || given === null || typeof copy !== "object" || copy === null) return given === copy;
  if (isList(copy)) {
    if (!Array.isArray(given) || given.length !== copy.length) return false;
    return copy.every((item, index) => isSame(own(given, String(index)), item));
  }
  const prototype: unknown = Object.getPrototypeOf(given);
  if (prototype !== Object.prototype && prototype !== null) return false;
  const names = Object.keys(copy);
  if (Reflect.ownKeys(given).length !== names.length) return false;
  return names.every((name) => {
    const expected = copy[name];
    return expected !== undefined && isSame(own(given, name), expected);
  });
}

/** Undefined also for a property with a getter, which no copy holds. */
function own(given: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(given, name)?.value;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
