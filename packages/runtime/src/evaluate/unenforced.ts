import type { Bundle } from "@writ/ir";

/**
 * What a bundle asks for that this runtime does not act on, in words; undefined where there is nothing. A guard does
 * not start with a policy that it would enforce only in part.
 */
export function unenforced(bundle: Bundle): string | undefined {
  const shadow = bundle.rules.find((rule) => rule.shadow === true && rule.kind === "output");
  if (shadow !== undefined) return "`@shadow` on an `output` rule";
  return undefined;
}
