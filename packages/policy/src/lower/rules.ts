import type { Demand, Limit, Rule } from "@writ/ir";
import { suggest } from "../diagnostics/suggest.js";
import { expand, type Scope } from "../semantics/infer/scope.js";
import { checkClauses } from "../semantics/rules/clauses.js";
import { parametersOf, resolveTargets } from "../semantics/targets.js";
import { durationOf, isOneOf, RISKS } from "../semantics/vocabulary.js";
import type { Clause, ClauseOf, Declaration, QName, RuleNode } from "../syntax/ast.js";
import { lowerCondition, ruleScope } from "./conditions.js";
import { lowerLimit } from "./limits.js";
import { complain, rolesOf, spanAt, wholeNumber, type Lowering } from "./lowering.js";

const DEFAULT_EXPIRES = 30 * 60_000;
const MAX_SENTENCE = 4096;

type Clauses = { readonly [K in Clause["kind"]]?: ClauseOf<K> };

/** A rule with its targets resolved and its clauses joined; undefined where something is wrong, which has been said. */
export function lowerRule(lowering: Lowering, node: RuleNode & Pick<Declaration, "doc">): Rule | undefined {
  const { program, inference } = lowering;
  const { rule: kind } = node;
  if (kind !== "allow" && kind !== "ask" && kind !== "forbid") return undefined;
  const fits = checkClauses(kind, node, program);
  const tools = resolveTargets(node.targets, lowering.tools, program);
  const clauses: Clauses = Object.fromEntries(node.clauses.map((clause) => [clause.kind, clause]));
  const roleNames = clauses.for?.roles ?? [];
  const roles = rolesOf(program, roleNames);
  // What an argument is depends on the tools: without them nothing more can be said.
  if (tools.length === 0) return undefined;
  const at = spanAt(program.entry, node.name.at);
  const scope = ruleScope(program.entry, parametersOf(tools, lowering.tools), node.clauses);
  const placed = roles.flatMap((role) => {
    const name = roleNames.find((one) => program.entry.find("role", one.text) === role);
    return name === undefined ? [] : [{ role, at: spanAt(program.entry, name.at) }];
  });
  const when = lowerCondition(inference, scope, node.clauses, placed, at);
  const limits: Limit[] = [];
  for (const clause of node.clauses) {
    const limit = clause.kind === "limit" && fits ? lowerLimit(lowering, clause, scope) : undefined;
    if (limit !== undefined) limits.push(limit);
  }
  if (limits.length > 64)
    complain(program, "E127", node.name.at, { what: "the number of limits", reason: "more than 64" });
  const demand = kind === "ask" ? lowerDemand(lowering, node, clauses, scope) : undefined;
  const isolate = clauses.isolate === undefined ? undefined : lowerIsolate(lowering, clauses.isolate);
  for (const clause of [clauses.because, clauses.tell]) {
    if (clause !== undefined && clause.text.length > MAX_SENTENCE)
      complain(program, "E127", clause.at, { what: "a sentence", reason: `longer than ${MAX_SENTENCE} characters` });
  }
  if (when === undefined || !fits) return undefined;
  // What a clause asks for and could not be lowered has been said; the rule without it would be another rule.
  if (limits.length < node.clauses.filter((clause) => clause.kind === "limit").length) return undefined;
  if (clauses.isolate !== undefined && isolate === undefined) return undefined;
  if (roles.length === 0 && roleNames.length > 0) return undefined;
  const common = {
    id: node.name.text,
    tools: tools.map((tool) => tool.name),
    when,
    limits,
    ...(isolate === undefined ? {} : { isolate }),
    ...(clauses.because === undefined ? {} : { because: clauses.because.text }),
    ...(clauses.tell === undefined ? {} : { tell: clauses.tell.text }),
    ...(node.doc === undefined ? {} : { doc: node.doc.slice(0, 65_536) }),
    at,
  };
  if (kind !== "ask") return { kind, ...common };
  return demand === undefined ? undefined : { kind, ...common, demand };
}

function lowerDemand(lowering: Lowering, node: RuleNode, clauses: Clauses, scope: Scope): Demand | undefined {
  const { program } = lowering;
  if (clauses.from === undefined) return complain(program, "E125", node.name.at, { name: node.name.text });
  const names = clauses.from.roles.filter((name) => name.text !== "requester");
  const named = names.length < clauses.from.roles.length;
  const from = rolesOf(program, names);
  if (from.length === 0) {
    return names.length > 0 ? undefined : complain(program, "E125", clauses.from.at, { name: node.name.text });
  }
  const quorum =
    clauses.quorum === undefined ? 1 : wholeNumber(program, program.entry, clauses.quorum.count, "a quorum", 1, 100);
  const expires = clauses.expires === undefined ? DEFAULT_EXPIRES : durationOf(clauses.expires.duration.text);
  if (expires === undefined || expires < 1 || expires > 1e12) {
    return complain(program, "E127", clauses.expires?.duration.at ?? node.name.at, {
      what: "the time an approval waits",
      reason: "out of range",
    });
  }
  const show = showOf(lowering, clauses.show, scope);
  if (quorum === undefined || show === undefined) return undefined;
  return {
    from: from.map((role) => role.bundleName),
    requester: named && !clauses.from.exceptRequester,
    quorum,
    expires,
    show,
  };
}

/** What an approver is shown: `args`, or arguments by their path. */
function showOf(lowering: Lowering, clause: Clauses["show"], scope: Scope): string[] | undefined {
  const { program } = lowering;
  const shown: string[] = [];
  let complete = true;
  for (const name of clause?.args ?? []) {
    const parts = name.parts.map((part) => part.text);
    const path = parts[0] === "args" && parts.length > 1 ? parts.slice(1) : parts;
    const [first] = path;
    if (name.text === "args" || (first !== undefined && scope.parameters.has(first))) {
      const text = path.join(".");
      if (text.length > 256)
        complain(program, "E127", name.at, { what: "what is shown", reason: "longer than 256 characters" });
      if (!shown.includes(text)) shown.push(text);
      if (name.text !== "args") complete = isField(lowering, name, path, scope) && complete;
      continue;
    }
    complete = false;
    if (name.text === "source" || name.text === "first_seen")
      complain(program, "E099", name.at, { what: `\`show ${name.text}\`` });
    else {
      const all = ["args", ...scope.parameters.keys()];
      complain(
        program,
        "E102",
        name.at,
        { name: name.text, what: "no argument of these tools", list: all },
        suggest(name.text, all),
      );
    }
  }
  return complete ? shown : undefined;
}

/** Whether the fields below an argument that are shown exist. */
function isField(lowering: Lowering, name: QName, path: readonly string[], scope: Scope): boolean {
  const [first = "", ...fields] = path;
  let type = scope.parameters.get(first)?.type;
  for (const field of fields) {
    const record = type === undefined ? undefined : expand(type, lowering.types);
    const all = record?.kind === "Record" ? record.fields : [];
    type = all.find((one) => one.name === field)?.type;
    if (type === undefined) {
      const names = all.map((one) => one.name);
      const what = `\`${first}\``;
      complain(
        lowering.program,
        "E103",
        name.at,
        { name: field, what, list: names, reason: "it has no fields" },
        suggest(field, names),
      );
      return false;
    }
  }
  return true;
}

function lowerIsolate(lowering: Lowering, clause: Extract<Clause, { kind: "isolate" }>): Rule["isolate"] | undefined {
  const { program } = lowering;
  const name = clause.tier.text;
  if (!isOneOf(RISKS, name))
    return complain(program, "E108", clause.tier.at, { name, what: "tier", list: RISKS }, suggest(name, RISKS));
  if (program.entry.find("tier", name) === undefined && !program.entry.isExcused(name))
    return complain(program, "E401", clause.tier.at, { name });
  return name;
}
