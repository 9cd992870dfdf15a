const EMPTY = {};

/**
 * Whether an object has no properties but its own, as everything that JSON is read into, so that `in` and a plain look
 * at a name that no object inherits are about its own. Somebody may have added to what all objects inherit.
 */
export function ownOnly(value: object): boolean {
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  for (const _ in EMPTY) return false;
  return true;
}
