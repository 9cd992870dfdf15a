import type { Identity, IdentityKind, Json } from "@writ/ir";
import { isPlainId, readValue, type NamedTypes, type Value } from "@writ/ir/values";
import { quick } from "./quick.js";
import { READ_DECIMAL, READ_ID, READ_TEXTS, type Claim } from "./slots.js";

/** A claim that is there and fits its type; any other is absent, so unknown. */
export function readClaim(
  { of, field, kind }: Claim,
  identity: Identity,
  types: NamedTypes,
  clean: boolean,
): Value | undefined {
  const claim = claimOf(of, field.name, identity, clean);
  if (claim === undefined) return undefined;
  if (typeof claim === "string") {
    if (kind === READ_ID && isPlainId(claim)) return claim;
  } else if (kind === READ_TEXTS && isTexts(claim)) return claim;
  const plain = kind === READ_DECIMAL ? undefined : quick(kind, field.type, claim);
  if (plain !== undefined) return plain;
  const read = readValue(field.type, claim, types, field.name);
  return read.ok ? read.value : undefined;
}

/** A claim as it came; undefined where there is none of the identity's own. `clean` is what {@link isClean} says. */
export function claimOf(of: IdentityKind, name: string, identity: Identity, clean: boolean): Json | undefined {
  // By name: what is looked up by a name that is not written here takes several times as long.
  const claims = of === "user" ? identity.user : of === "session" ? identity.session : identity.agent;
  // Asking an object for one of its own takes longer than going through the few that most have. What it inherits is no
  // claim: it must inherit from where all objects do, and nobody may have added to that. Reading `id`, the most usual
  // one, tells the machine's compiler what kind of object this is, so that it knows the prototype without looking.
  const id = claims["id"];
  if (clean && Object.getPrototypeOf(claims) === Object.prototype) {
    if (name === "id") return id;
    for (const key in claims) if (key === name) return claims[key];
  }
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}

const EMPTY: { readonly [name: string]: unknown } = Object.freeze({});

/** Whether objects inherit nothing that going through them would meet, and no `id`. */
export function isClean(): boolean {
  for (const _ in EMPTY) return false;
  return EMPTY["id"] === undefined;
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
