import { canonicalize, copyJson, BUNDLE_BOUNDS, printExpression, type Bundle, type Json, type Rule } from "@writ/ir";

/** Something that one policy declares and the other does not, or not so. */
export interface PolicyDifference {
  readonly what: Kind;
  readonly name: string;
  readonly change: "added" | "removed" | "changed";
  /** Of what changed, which parts: `when`, `limits`, `params`. */
  readonly parts?: readonly string[];
  /** Conditions of a rule before and after, where they differ. */
  readonly when?: { readonly from: string; readonly to: string };
}

const KINDS = [
  "tools",
  "rules",
  "roles",
  "tiers",
  "types",
  "facts",
  "params",
  "intents",
  "endorsements",
  "labels",
] as const;
type Kind = (typeof KINDS)[number] | "taint" | "identity";

/** What differs between two policies as they are compiled, wherever it stands in their files. */
export function policyDifferences(before: Bundle, now: Bundle): readonly PolicyDifference[] {
  const found: PolicyDifference[] = [];
  for (const what of KINDS) {
    const old = named(before[what]);
    const fresh = named(now[what]);
    for (const [name, item] of old) {
      const other = fresh.get(name);
      if (other === undefined) found.push({ what, name, change: "removed" });
      else found.push(...changed(what, name, item, other));
    }
    for (const name of fresh.keys()) if (!old.has(name)) found.push({ what, name, change: "added" });
  }
  for (const kind of ["user", "agent", "session"] as const)
    found.push(...changed("identity", kind, { claims: before.identity[kind] }, { claims: now.identity[kind] }));
  if (before.taint !== now.taint)
    found.push({ what: "taint", name: `${before.taint} -> ${now.taint}`, change: "changed" });
  return found;
}

type Item = { readonly name?: string; readonly id?: string };

function named(items: readonly Item[]): ReadonlyMap<string, Item> {
  return new Map(items.map((item) => [item.id ?? item.name ?? "", item]));
}

function changed(what: Kind, name: string, before: object, now: object): readonly PolicyDifference[] {
  const [old, fresh] = [partsOf(before), partsOf(now)];
  const parts = [...new Set([...old.keys(), ...fresh.keys()])].filter((part) => old.get(part) !== fresh.get(part));
  if (parts.length === 0) return [];
  const when =
    isRule(before) && isRule(now) && parts.includes("when")
      ? { when: { from: printExpression(before.when), to: printExpression(now.when) } }
      : {};
  return [{ what, name, change: "changed", parts, ...when }];
}

function isRule(item: object): item is Rule {
  return "when" in item && "tools" in item && "limits" in item;
}

/** Each part of a declaration as canonical text, without the places where it stands. */
function partsOf(item: object): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(item).flatMap(([part, value]) => {
      if (part === "at" || value === undefined) return [];
      const copied = copyJson(value, BUNDLE_BOUNDS);
      return copied.ok ? [[part, canonicalize(placeless(copied.value))]] : [];
    }),
  );
}

function placeless(value: Json): Json {
  if (isList(value)) return value.map(placeless);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, held]) => (key === "at" && isSpan(held) ? [] : [[key, placeless(held)]])),
  );
}

function isSpan(value: Json): boolean {
  return isList(value) && value.length === 5 && value.every((part) => typeof part === "number");
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
