import { canonicalize, digest, type Json, type Limit, type Type } from "@writ/ir";
import { Decimal, isListValue, Money, Opaque, readValue, textOfValue, type Value } from "@writ/ir/values";
import type { Match, Verdict } from "../evaluate/decide.js";
import { listOf, valueOf } from "../evaluate/evaluate.js";
import type { Scope } from "../evaluate/scope.js";
import type { LimitClaim, Takes } from "../ports/state-store.js";

/** A claim with the rule it comes from. */
export interface NamedClaim extends LimitClaim {
  readonly rule: string;
}

/** Decimal places that a sum of decimals keeps; an amount with more is not counted, so not made. */
const DECIMAL_PLACES = 6;

const NO_CLAIMS: readonly NamedClaim[] = [];

/**
 * The limits that a call counts against: those of every rule whose condition is not false. Undefined where a key or an
 * amount is unknown: a call that cannot be counted is not made.
 */
export function limitClaims(verdict: Verdict, policy: string, session: string): readonly NamedClaim[] | undefined {
  if (verdict.parts === undefined && verdict.tool?.limited === false) return NO_CLAIMS;
  if (verdict.parts === undefined) return claimsOf(verdict.matches, verdict.scope, policy, session);
  // Every member of a chain counts by its own keys; where two have the same it is one claim, and the narrower holds:
  // the policies of two delegates may have one name and one rule of it.
  const all = new Map<string, NamedClaim>();
  for (const { matches, scope } of verdict.parts) {
    const claims = claimsOf(matches, scope, policy, session);
    if (claims === undefined) return undefined;
    for (const claim of claims) {
      const other = all.get(claim.key);
      if (other !== undefined && !isSameCount(other, claim)) return undefined;
      if (other === undefined || claim.count < other.count) all.set(claim.key, claim);
    }
  }
  return [...all.values()];
}

function isSameCount(a: NamedClaim, b: NamedClaim): boolean {
  return a.window === b.window && canonicalize(takesJson(a)) === canonicalize(takesJson(b));
}

function takesJson({ takes = 1 }: NamedClaim): Json {
  return typeof takes === "object" ? [...takes] : takes;
}

/** The same for the limits of some rules. */
export function claimsOf(
  matches: readonly Match[],
  scope: Scope | undefined,
  policy: string,
  session: string,
): readonly NamedClaim[] | undefined {
  const out: NamedClaim[] = [];
  for (const { rule, truth } of matches) {
    if (truth === false) continue;
    for (let index = 0; index < rule.limits.length; index += 1) {
      const limit = rule.limits[index];
      if (limit === undefined || scope === undefined) return undefined;
      if (limit.tools?.includes(scope.tool?.tool.name ?? "") === false) continue;
      const keys = keysOf(limit, scope);
      const taken = keys === undefined ? undefined : safely(() => takenOf(limit, scope));
      if (keys === undefined || taken === undefined) return undefined;
      out.push(claimOf({ policy, session, rule: rule.id, index, limit }, keys, taken));
    }
  }
  return out;
}

const NO_KEYS: readonly Json[] = [];

/** The values that a limit counts by; undefined where one is unknown. */
function keysOf({ by }: Limit, scope: Scope): readonly Json[] | undefined {
  if (by.length === 0) return NO_KEYS;
  const keys: Json[] = [];
  for (const expression of by) {
    const value = safely(() => valueOf(expression, scope));
    const key = value === undefined ? undefined : keyOf(value);
    if (key === undefined) return undefined;
    keys.push(key);
  }
  return keys;
}

/** Where a limit stands, and for whom it counts. */
interface Counted {
  readonly policy: string;
  readonly session: string;
  readonly rule: string;
  readonly index: number;
  readonly limit: Limit;
}

/** What a limit was claimed under the last time: call after call of a session is counted under the same keys. */
const claimedLast = new WeakMap<
  Limit,
  { readonly of: Counted; readonly keys: readonly Json[]; readonly claim: NamedClaim }
>();

function claimOf(
  of: Counted,
  keys: readonly Json[],
  { count, takes }: { readonly count: number; readonly takes?: Takes },
): NamedClaim {
  const { policy, session, rule, index, limit } = of;
  const last = claimedLast.get(limit);
  if (
    last !== undefined &&
    last.of.policy === policy &&
    last.of.session === session &&
    last.of.rule === rule &&
    last.of.index === index &&
    last.claim.count === count &&
    last.claim.takes === takes &&
    isSameKeys(last.keys, keys)
  )
    return last.claim;
  const window = limit.kind === "concurrent" ? "session" : limit.window;
  const scoped = limit.kind !== "concurrent" && window === "session";
  const named = canonicalize([policy, rule, index, ...keys]);
  const claim: NamedClaim = {
    // A session's own stand together, so that they can be forgotten with it.
    key: scoped ? `limit/${session}/${named}` : `limit/${named}`,
    window,
    rule,
    count,
    ...(takes === undefined ? {} : { takes }),
  };
  claimedLast.set(limit, { of, keys, claim });
  return claim;
}

function isSameKeys(a: readonly Json[], b: readonly Json[]): boolean {
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return a.length === b.length;
}

function takenOf(limit: Limit, scope: Scope): { readonly count: number; readonly takes?: Takes } | undefined {
  switch (limit.kind) {
    case "calls":
      return { count: limit.count };
    case "concurrent":
      return { count: limit.count, takes: "concurrent" };
    case "distinct": {
      const list = listOf(limit.of, scope);
      const value = list === undefined ? valueOf(limit.of, scope) : undefined;
      const values = list ?? (value === undefined ? undefined : [value]);
      const keys = values?.map(keyOf);
      if (keys === undefined || keys.includes(undefined)) return undefined;
      // Digests, so that the store holds no addresses, and every key is short.
      return { count: limit.count, takes: [...new Set(keys.map((key) => digest(key ?? null).slice(7, 39)))] };
    }
    case "sum": {
      const read = readValue(limit.type, limit.total, scope.program.types);
      const total = read.ok ? unitsOf(read.value, limit.type) : undefined;
      const amount = valueOf(limit.of, scope);
      const taken = amount === undefined ? undefined : isListValue(amount) ? undefined : unitsOf(amount, limit.type);
      if (total === undefined || taken === undefined || total.unit !== taken.unit) return undefined;
      return { count: total.units, takes: taken.units };
    }
    default:
      return undefined;
  }
}

/** An amount in whole units; undefined for what cannot be added up exactly: below zero, too large, too fine. */
function unitsOf(value: Value, type: Type): { readonly units: number; readonly unit: string } | undefined {
  if (value instanceof Money) return whole(value.minor, value.currency);
  if (type.kind === "Decimal" && typeof value === "number") return unitsOf(new Decimal(BigInt(value), 0), type);
  if (value instanceof Decimal) {
    const wide = type.kind === "Decimal" ? DECIMAL_PLACES : 0;
    return value.scale > wide ? undefined : whole(value.digits * 10n ** BigInt(wide - value.scale), "number");
  }
  return typeof value === "number" ? whole(BigInt(value), "number") : undefined;
}

function whole(units: bigint, unit: string): { readonly units: number; readonly unit: string } | undefined {
  return units < 0n || units > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : { units: Number(units), unit };
}

function safely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** A scalar as part of a key; equal values give equal keys. */
function keyOf(value: Value): Json | undefined {
  if (typeof value !== "object") return value;
  if (value instanceof Money) return `${value.minor} ${value.currency}`;
  if (value instanceof Decimal) return value.toString();
  if (value instanceof Opaque) return canonicalize(value.json);
  return textOfValue(value);
}
