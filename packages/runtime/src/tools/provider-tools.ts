import { GuardError } from "../errors.js";
import type { Program } from "../evaluate/program.js";

/** Reads the names of tools that a model's provider runs by itself. Throws a {@link GuardError} `misuse`. */
export function readProviderTools(given: unknown = []): ReadonlySet<string> {
  const out = new Set<string>();
  const names: readonly unknown[] = Array.isArray(given) ? given : [undefined];
  for (const name of names) {
    if (typeof name !== "string" || name === "")
      throw new GuardError("misuse", "providerTools is a list of names of tools");
    out.add(name);
  }
  return out;
}

/** What a policy declares is decided by it, so no provider may run it past the guard. Throws a {@link GuardError} `misuse`. */
export function requireUndeclared(names: ReadonlySet<string>, program: Program): void {
  for (const name of names)
    if (program.tools.has(name) || program.byName.has(name))
      throw new GuardError("misuse", `the policy declares ${JSON.stringify(name)}, so it cannot be a provider's tool`);
}
