import { canonicalize, type Json } from "@writ/ir";
import { Decimal, Money, Opaque, type Value } from "@writ/ir/values";
import type { Verdict } from "../evaluate/decide.js";
import { valueOf } from "../evaluate/evaluate.js";
import type { LimitClaim } from "../ports/state-store.js";

/** A claim with the rule it comes from. */
export interface NamedClaim extends LimitClaim {
  readonly rule: string;
}

/**
 * The limits that a call counts against: those of every rule whose condition is not false. Undefined where a key
 * is unknown: a call that cannot be counted is not made.
 */
export function limitClaims(verdict: Verdict, policy: string, session: string): readonly NamedClaim[] | undefined {
  const { matches, scope } = verdict;
  const out: NamedClaim[] = [];
  for (const { rule, truth } of matches) {
    if (truth === false) continue;
    for (const [index, limit] of rule.limits.entries()) {
      if (limit.kind !== "calls") return undefined; // no guard starts with these
      const keys: Json[] = [policy, rule.id, index];
      if (limit.window === "session") keys.push(session);
      for (const by of limit.by) {
        const value = scope === undefined ? undefined : safeValue(() => valueOf(by, scope));
        const key = value === undefined ? undefined : keyOf(value);
        if (key === undefined) return undefined;
        keys.push(key);
      }
      out.push({ key: `limit/${canonicalize(keys)}`, count: limit.count, window: limit.window, rule: rule.id });
    }
  }
  return out;
}

function safeValue(read: () => Value | undefined): Value | undefined {
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
  return undefined;
}
