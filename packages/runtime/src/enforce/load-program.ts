import type { Bundle, Json } from "@writ/ir";
import type { Program } from "../evaluate/program.js";

/**
 * Prepares a decoded bundle, with the values of its `param` declarations. Rejects with a `GuardError` where a literal, glob
 * or pattern does not compile, and where a param is missing: a bundle is decided with whole, or not at all. `trial` is for
 * tests of policies, which suppose params and run nothing.
 */
export async function loadProgram(
  bundle: Bundle,
  options: { readonly params?: { readonly [name: string]: Json }; readonly trial?: boolean } = {},
): Promise<Program> {
  const made = await import("../late.js");
  return made.loadProgram(bundle, options);
}
