import { children, printExpression, type Bundle, type Expression, type Reason, type Rule, type Span } from "@writ/ir";
import { truthOf } from "../evaluate/evaluate.js";
import type { Match, Verdict } from "../evaluate/decide.js";
import type { ToolProgram } from "../evaluate/program.js";
import type { Scope } from "../evaluate/scope.js";
import { argumentOrigins } from "../flow/origins.js";

/** `support.policy:12:3`. */
export function place(bundle: Bundle, at: Span): string {
  return `${bundle.sources[at[0]]?.name ?? "?"}:${at[3]}:${at[4]}`;
}

/** A decision in words for people, one line each: which rules made it, where they stand, and what would have to change. */
export function explain(bundle: Bundle, verdict: Verdict): readonly string[] {
  const { decision, matches } = verdict; // the scope is put together when it is looked at
  if (decision.fault !== undefined) {
    const { path, message } = decision.fault;
    return [`${path === "" ? "the arguments" : path}: ${message}`];
  }
  const [only] = decision.reasons;
  const plain = decision.reasons.length === 1 && only !== undefined ? saidOf(bundle, verdict, only) : undefined;
  if (plain !== undefined) return [plain];
  return decision.reasons.flatMap((reason) => {
    if (reason.by === "default") return nearest(bundle, matches, verdict.scope);
    if (reason.by === "tier") return [`the policy has no tier for a call of this risk, or the tier asks`];
    const rule = matches.find((match) => match.rule.id === reason.by)?.rule;
    if (rule === undefined) return [reason.by];
    const because = rule.because === undefined ? "" : `: ${rule.because}`;
    const doubt = reason.truth === "unknown" ? unknownPart(rule, verdict.scope) : "";
    return [
      `${rule.form ?? rule.kind} ${rule.id} (${place(bundle, rule.at)})${because}${rule.form === "flow" ? origins(rule, verdict.scope) : ""}${doubt}`,
    ];
  });
}

/** What a rule says when it holds, which is the same at every call: not of flows, which say where labels came from. */
function saidOf(bundle: Bundle, verdict: Verdict, { by, kind, truth }: Reason): string | undefined {
  const { tool, parts } = verdict;
  if (tool === undefined || parts !== undefined || truth !== "true" || kind !== "allow") return undefined;
  let said = saidBy.get(tool);
  if (said === undefined) saidBy.set(tool, (said = new Map<string, string>()));
  const before = said.get(by);
  if (before !== undefined) return before;
  const rule = tool.rules.find(({ id }) => id === by);
  if (rule === undefined || rule.form === "flow") return undefined;
  const because = rule.because === undefined ? "" : `: ${rule.because}`;
  const text = `${rule.form ?? rule.kind} ${rule.id} (${place(bundle, rule.at)})${because}`;
  said.set(by, text);
  return text;
}

const saidBy = new WeakMap<ToolProgram, Map<string, string>>();

const MAX_ORIGINS = 4;

/** Which arguments brought the labels that a flow acts on, and from where. */
function origins(rule: Rule, scope: Scope | undefined): string {
  const labels = labelsIn(rule.when);
  if (labels.length === 0 || scope?.flow === undefined) return "";
  const bySource = new Map<string, string[]>();
  for (const { name, sources, more } of argumentOrigins(scope.flow, labels)) {
    const from = [...new Set(sources.map((source) => source.from)), ...(more === 0 ? [] : [`${more} more`])];
    if (from.length === 0) from.push("what was read before");
    bySource.set(listed(from), [...(bySource.get(listed(from)) ?? []), name]);
  }
  const said = [...bySource].map(([from, names]) => `${listed(names)} from ${from}`);
  return said.length === 0 ? "" : ` [${labels.join(", ")}: ${said.join("; ")}]`;
}

function listed(names: readonly string[]): string {
  return names.length <= MAX_ORIGINS
    ? names.join(" and ")
    : `${names.slice(0, MAX_ORIGINS).join(", ")} and ${names.length - MAX_ORIGINS} more`;
}

function labelsIn(node: Expression): readonly string[] {
  return node.op === "labelled" ? [...new Set(node.labels.flat())] : children(node).flatMap(labelsIn);
}

function unknownPart(rule: Rule, scope: Scope | undefined): string {
  const atom = scope === undefined ? undefined : blocking(rule.when, scope, undefined);
  return atom === undefined ? " [its condition is unknown]" : ` [unknown: ${printExpression(atom)}]`;
}

/** Without a grant: each rule that could grant, with the first part of its condition that does not hold. */
function nearest(bundle: Bundle, matches: readonly Match[], scope: Scope | undefined): readonly string[] {
  const grants = matches.filter(({ rule }) => rule.kind === "allow" || rule.kind === "ask");
  if (grants.length === 0) return ["no rule grants this tool"];
  return grants.map(({ rule, truth }) => {
    const atom = scope === undefined ? undefined : blocking(rule.when, scope, truth);
    const why =
      atom === undefined
        ? "does not hold"
        : `needs ${printExpression(atom)} (line ${atom.at[3]})${truth === undefined ? ", which is unknown" : ""}`;
    return `no rule grants it; nearest: ${rule.kind} ${rule.id} (${place(bundle, rule.at)}) ${why}`;
  });
}

/** The first conjunct whose truth is the one that decided. */
function blocking(node: Expression, scope: Scope, wanted: boolean | undefined): Expression | undefined {
  if (node.op !== "and") return safeTruth(node, scope) === wanted ? node : undefined;
  for (const item of node.items) {
    const found = blocking(item, scope, wanted);
    if (found !== undefined) return found;
  }
  return undefined;
}

function safeTruth(node: Expression, scope: Scope): boolean | undefined {
  try {
    return truthOf(node, scope);
  } catch {
    return undefined;
  }
}
