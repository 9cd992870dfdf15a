import { GuardError } from "./errors.js";

/**
 * Refuses options that are no object, and one that there is not: a misspelt `thread` or `sealTo` must not pass for none.
 * Throws a {@link GuardError} `misuse`.
 */
export function requireKnown(what: string, given: unknown, known: Readonly<Record<string, true>>): void {
  if (typeof given !== "object" || given === null)
    throw new GuardError("misuse", `${what} takes an object with ${Object.keys(known).join(", ")}`);
  const odd = Object.keys(given).find((name) => !Object.hasOwn(known, name));
  if (odd !== undefined)
    throw new GuardError(
      "misuse",
      `${what} has no option ${JSON.stringify(odd)}; it takes ${Object.keys(known).join(", ")}`,
    );
}

/** Refuses what is no name of a folder, before anything is made there. Throws a {@link GuardError} `misuse`. */
export function requireFolder(what: string, folder: unknown): asserts folder is string {
  if (typeof folder !== "string" || folder === "")
    throw new GuardError("misuse", `${what} takes the name of a folder, as ${what}("./.writ/log")`);
}
