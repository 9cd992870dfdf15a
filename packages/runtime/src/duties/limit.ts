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
    for (const [index, limit] of rule.limits.entries()) {
      if (scope === undefined) return undefined;
      if (limit.tools?.includes(scope.tool?.tool.name ?? "") === false) continue;
      const keys: Json[] = [policy, rule.id, index];
      const window = limit.kind === "concurrent" ? "session" : limit.window;
      const scoped = limit.kind !== "concurrent" && window === "session";
      for (const by of limit.by) {
        const value = safely(() => valueOf(by, scope));
        const key = value === undefined ? undefined : keyOf(value);
        if (key === undefined) return undefined;
        keys.push(key);
      }
      const taken = safely(() => takenOf(limit, scope));
      if (taken === undefined) return undefined;
      out.push({
        // A session's own stand together, so that they can be forgotten with it.
        key: scoped ? `limit/${session}/${canonicalize(keys)}` : `limit/${canonicalize(keys)}`,
        window,
        rule: rule.id,
        count: taken.count,
        ...(taken.takes === undefined ? {} : { takes: taken.takes }),
      });
    }
  }
  return out;
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
