import { BUNDLE_BOUNDS, copyJson, digest, type Json } from "@writ/ir";
import { GuardError } from "../errors.js";

/** Digest of what declarations of a policy say, without where they stand and what is written about them. */
export function meaning(part: unknown): string {
  const copied = copyJson(part, BUNDLE_BOUNDS);
  if (!copied.ok) throw new GuardError("policy_invalid", copied.fault.message);
  const bare = (value: Json): Json => {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(bare);
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, inner]) => (key === "at" || key === "doc" ? [] : [[key, bare(inner)]])),
    );
  };
  return digest(bare(copied.value));
}
