import type { Json, Param } from "@writ/ir";
import { readValue, type NamedTypes, type Value } from "@writ/ir/values";
import { GuardError } from "../errors.js";

/** The values of a policy's params, as rules see them and as a digest covers them. */
export interface Params {
  readonly values: ReadonlyMap<string, Value>;
  /** Undefined where the policy declares none. */
  readonly wire: Json | undefined;
}

/**
 * Reads what the host gives for the `param` declarations. Throws a {@link GuardError} `params_invalid` where one is
 * missing, ill-typed or not declared; with `partial`, which a test of a policy is, a missing one is unknown.
 */
export function readParams(
  declared: readonly Param[],
  given: { readonly [name: string]: Json },
  types: NamedTypes,
  partial: boolean,
): Params {
  const values = new Map<string, Value>();
  const wire: [string, Json][] = [];
  const extra = Object.keys(given).find((name) => !declared.some((param) => param.name === name));
  if (extra !== undefined)
    throw new GuardError("params_invalid", `the policy declares no param ${JSON.stringify(extra)}`);
  for (const { name, type } of declared) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined) {
      if (partial) continue;
      throw new GuardError(
        "params_invalid",
        `the policy needs the param ${name}: createGuard({ params: { ${name}: ... } })`,
      );
    }
    const read = readValue(type, value, types, name);
    if (!read.ok) throw new GuardError("params_invalid", `params.${read.fault.path}: ${read.fault.message}`);
    values.set(name, read.value);
    wire.push([name, read.wire]);
  }
  return { values, wire: declared.length === 0 ? undefined : Object.fromEntries(wire) };
}
