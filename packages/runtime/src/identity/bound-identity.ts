import type { Field, Identity, IdentityKind, Json } from "@writ/ir";
import { readValue, type NamedTypes, type Value } from "@writ/ir/values";

/** The claims that a policy declares, read as their types. */
export type BoundClaims = Readonly<Record<IdentityKind, ReadonlyMap<string, Value>>>;

interface Reader {
  readonly types: NamedTypes;
  readonly bundle: { readonly identity: Readonly<Record<IdentityKind, readonly Field[]>> };
}

/** Identities that nobody can change, each with its claims as the policies that asked read them. */
const bound = new WeakMap<Identity, WeakMap<Reader, BoundClaims>>();

/** Freezes the identity of a session: what it was begun with holds for all its calls, and is read once. */
export function bindIdentity(identity: Identity): Identity {
  freeze(identity.user);
  freeze(identity.agent);
  freeze(identity.session);
  bound.set(Object.freeze(identity), new WeakMap());
  return identity;
}

function freeze(value: Json | { readonly [claim: string]: Json }): void {
  if (typeof value !== "object" || value === null) return;
  for (const inner of Object.values(value)) freeze(inner);
  Object.freeze(value);
}

/** The declared claims that are there and fit their type; any other is absent, so unknown. */
export function claimsUnder(reader: Reader, identity: Identity): BoundClaims {
  const known = bound.get(identity);
  if (known === undefined) return read(reader, identity);
  const before = known.get(reader);
  if (before !== undefined) return before;
  const claims = read(reader, identity);
  known.set(reader, claims);
  return claims;
}

function read({ types, bundle }: Reader, identity: Identity): BoundClaims {
  return {
    user: readClaims(types, bundle.identity.user, identity.user),
    agent: readClaims(types, bundle.identity.agent, identity.agent),
    session: readClaims(types, bundle.identity.session, identity.session),
  };
}

function readClaims(
  types: NamedTypes,
  fields: readonly Field[],
  claims: { readonly [claim: string]: Json },
): ReadonlyMap<string, Value> {
  const out = new Map<string, Value>();
  for (const field of fields) {
    const claim = Object.hasOwn(claims, field.name) ? claims[field.name] : undefined;
    if (claim === undefined) continue;
    const value = readValue(field.type, claim, types, field.name);
    if (value.ok) out.set(field.name, value.value);
  }
  return out;
}
