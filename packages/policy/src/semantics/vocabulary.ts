import type { Effect, IdentityKind, Isolation, Risk } from "@writ/ir";
import type { Clause, RuleKind } from "../syntax/ast.js";

/** The fixed words of the language and what belongs to what. */
export const EFFECTS: readonly Effect[] = ["read", "write", "delete", "egress", "exec", "pay"];
export const RISKS: readonly Risk[] = ["low", "medium", "high", "critical"];
export const ISOLATIONS: readonly Isolation[] = ["inline", "process", "wasm", "container", "gvisor"];
export const IDENTITIES: readonly IdentityKind[] = ["user", "agent", "session"];

/** Names that are always in scope, and win over lets and parameters. */
export const SCOPE_NAMES = ["user", "agent", "session", "now", "tool", "args", "call", "sinks", "said"] as const;
/** Names that flows know besides, and that win there. */
export const FLOW_NAMES = ["source", "readers", "labels", "first_seen"] as const;
/** What finds something in a text: `contains DETECTOR`, `scan`, `redact`. */
export const DETECTORS = ["secrets", "cards", "iban", "email", "phone", "canary", "injection", "national_id"] as const;
/** The names that are called. */
export const FUNCTIONS = [
  "size",
  "lower",
  "upper",
  "trim",
  "path",
  "host",
  "domain",
  "glob",
  "min",
  "max",
  "count",
  "sum",
  "hash",
] as const;

/** Types that take a parameter, and those of literals only. */
export const PARAMETER_TYPES = ["Text", "Line", "Money", "Sql", "Ref", "Glob", "Pattern"] as const;
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
  "Ip",
  "Command",
] as const;

/** What a rule is for its clauses: a flow by its action. */
export type ClauseTable = RuleKind | "flow forbid" | "flow ask" | "flow raise";

const CONDITION = ["for", "when", "unless", "after"] as const;
const WORDS = ["because", "tell"] as const;
const TRANSFORMS = ["redact", "clamp", "set", "drop"] as const;
const DEMAND = ["from", "quorum", "show", "expires", "remember"] as const;
const clauses = (...kinds: readonly Clause["kind"][]): ReadonlySet<Clause["kind"]> => new Set(kinds);

/** Which clauses a rule of a kind takes. */
export const CLAUSES: Readonly<Record<ClauseTable, ReadonlySet<Clause["kind"]>>> = {
  allow: clauses(...CONDITION, "limit", ...TRANSFORMS, "isolate", ...WORDS),
  ask: clauses(...CONDITION, ...DEMAND, "limit", ...TRANSFORMS, "isolate", ...WORDS),
  forbid: clauses(...CONDITION, ...WORDS),
  require: clauses(...CONDITION, ...WORDS),
  quota: clauses(...CONDITION, "limit", ...WORDS),
  output: clauses(...CONDITION, "forbid when", "scan", "redact", "truncate", "label", ...WORDS),
  endorse: clauses("for", "when", "unless"),
  "flow forbid": clauses(...CONDITION, ...WORDS),
  "flow ask": clauses(...CONDITION, ...DEMAND, "limit", "isolate", ...WORDS),
  "flow raise": clauses(...CONDITION, ...WORDS),
};
/** Clauses that may stand more than once. */
export const REPEATABLE: ReadonlySet<Clause["kind"]> = clauses(
  "when",
  "unless",
  "limit",
  ...TRANSFORMS,
  "forbid when",
  "scan",
  "truncate",
  "label",
);

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
