import type { Identity, Json } from "@writ/ir";
import { isPlainId, readValue, type NamedTypes, type Value } from "@writ/ir/values";
import { quick } from "./quick.js";
import { READ_DECIMAL, READ_ID, READ_TEXTS, type Claim } from "./slots.js";

/** A claim that is there and fits its type; any other is absent, so unknown. */
export function readClaim({ of, field, kind }: Claim, identity: Identity, types: NamedTypes): Value | undefined {
  // By name: what is looked up by a name that is not written here takes several times as long.
  const claims = of === "user" ? identity.user : of === "session" ? identity.session : identity.agent;
  const claim = Object.hasOwn(claims, field.name) ? claims[field.name] : undefined;
  if (claim === undefined) return undefined;
  if (typeof claim === "string") {
    if (kind === READ_ID && isPlainId(claim)) return claim;
  } else if (kind === READ_TEXTS && isTexts(claim)) return claim;
  const plain = kind === READ_DECIMAL ? undefined : quick(kind, field.type, claim);
  if (plain !== undefined) return plain;
  const read = readValue(field.type, claim, types, field.name);
  return read.ok ? read.value : undefined;
}

function isTexts(claim: Json): claim is readonly string[] {
  if (!isList(claim)) return false;
  for (let i = 0; i < claim.length; i += 1) {
    const item = claim[i];
    if (typeof item !== "string" || !item.isWellFormed()) return false;
  }
  return true;
}

function isList(claim: Json): claim is readonly Json[] {
  return Array.isArray(claim);
}
