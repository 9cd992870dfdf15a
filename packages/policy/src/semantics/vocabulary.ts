import type { Effect, IdentityKind, Isolation, Risk } from "@writ/ir";
import type { Clause } from "../syntax/ast.js";

/** The fixed words of the language and what belongs to what. */
export const EFFECTS: readonly Effect[] = ["read", "write", "delete", "egress", "exec", "pay"];
export const RISKS: readonly Risk[] = ["low", "medium", "high", "critical"];
export const ISOLATIONS: readonly Isolation[] = ["inline", "process", "wasm", "container", "gvisor"];
export const IDENTITIES: readonly IdentityKind[] = ["user", "agent", "session"];

/** Names that are always in scope, and win over lets and parameters. */
export const SCOPE_NAMES = ["user", "agent", "session", "now", "tool", "args"] as const;
/** Names of the language that this version cannot answer for. */
export const LATER_NAMES: ReadonlySet<string> = new Set([
  "call",
  "sinks",
  "said",
  "source",
  "readers",
  "labels",
  "first_seen",
  "result",
]);
/** Those of them that are in scope in every rule, and so win over arguments of their name already now. */
export const LATER_EVERYWHERE: ReadonlySet<string> = new Set(["call", "sinks", "said"]);
/** What `contains DETECTOR` may name. */
export const DETECTORS: ReadonlySet<string> = new Set(["secrets", "pii", "cards", "injection", "canary"]);

/** Types of the language that this version does not read yet. */
export const LATER_TYPES: ReadonlySet<string> = new Set(["Ip", "Command", "Sql", "Glob", "Pattern", "Ref"]);
/** Types without fields of their own, by name. */
export const SIMPLE_TYPES = [
  "Bool",
  "Int",
  "Decimal",
  "Id",
  "Bytes",
  "Duration",
  "Time",
  "Json",
  "Path",
  "Url",
  "Host",
  "Email",
] as const;

export type EnforcedRule = "allow" | "ask" | "forbid";

const COMMON = ["for", "when", "unless", "because", "tell"] as const;
/** Which clauses a rule of a kind takes. */
export const CLAUSES: Readonly<Record<EnforcedRule, ReadonlySet<Clause["kind"]>>> = {
  allow: new Set<Clause["kind"]>([...COMMON, "limit", "isolate"]),
  ask: new Set<Clause["kind"]>([...COMMON, "from", "quorum", "show", "expires", "limit", "isolate"]),
  forbid: new Set<Clause["kind"]>(COMMON),
};
/** Clauses of the language that this version does not enforce, and where they belong. */
export const LATER_CLAUSES: Readonly<Record<EnforcedRule, ReadonlySet<Clause["kind"]>>> = {
  allow: new Set<Clause["kind"]>(["after", "redact", "clamp", "set", "drop"]),
  ask: new Set<Clause["kind"]>(["after", "remember", "redact", "clamp", "set", "drop"]),
  forbid: new Set<Clause["kind"]>(["after"]),
};
/** Clauses that may stand more than once. */
export const REPEATABLE: ReadonlySet<Clause["kind"]> = new Set<Clause["kind"]>(["when", "unless", "limit"]);

/** Windows of limits, in milliseconds. */
export const WINDOWS: ReadonlyMap<string, number> = new Map([
  ["second", 1000],
  ["minute", 60_000],
  ["hour", 3_600_000],
  ["day", 86_400_000],
]);

/** Milliseconds of a duration as written, such as `15s`; undefined past what a number holds. */
export function durationOf(text: string): number | undefined {
  const found = /^(\d+)(ms|s|m|h|d)$/.exec(text);
  const unit = new Map([
    ["ms", 1],
    ["s", 1000],
    ["m", 60_000],
    ["h", 3_600_000],
    ["d", 86_400_000],
  ]).get(found?.[2] ?? "");
  const value = Number(found?.[1]) * (unit ?? Number.NaN);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Bytes of a size as written, such as `64KB`; powers of 1024. */
export function sizeOf(text: string): number | undefined {
  const found = /^(\d+)(KB|MB|GB)$/.exec(text);
  const unit = new Map([
    ["KB", 1024],
    ["MB", 1024 ** 2],
    ["GB", 1024 ** 3],
  ]).get(found?.[2] ?? "");
  const value = Number(found?.[1]) * (unit ?? Number.NaN);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Whether a text is one of a fixed set of words. */
export function isOneOf<const T extends string>(words: readonly T[], text: string): text is T {
  return words.some((word) => word === text);
}
