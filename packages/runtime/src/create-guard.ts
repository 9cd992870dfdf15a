import type { Guard, GuardOptions } from "./guard.js";

/**
 * Starts a guard. Rejects with a `GuardError` where there is no policy, an empty or a broken one, no audit log or no
 * state, or where the log cannot take the first record: there is no permissive mode to fall into. What calls take is
 * read here, not when this package is imported: most of what imports it makes no guard.
 */
export async function createGuard(options: GuardOptions): Promise<Guard> {
  const made = await import("./late.js");
  return made.createGuard(options);
}
