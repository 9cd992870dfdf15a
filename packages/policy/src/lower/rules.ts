import type { Endorsement, Limit, Rule, Tool, Transform } from "@writ/ir";
import { suggest } from "../diagnostics/suggest.js";
import { flowName } from "../semantics/flow-name.js";
import { isLabel } from "../semantics/infer/provenance.js";
import type { Scope } from "../semantics/infer/scope.js";
import { checkClauses } from "../semantics/rules/clauses.js";
import { resolveTargets } from "../semantics/targets.js";
import { isOneOf, RISKS, type ClauseTable } from "../semantics/vocabulary.js";
import type { Place } from "../source/place.js";
import type { ClauseOf, Declaration, FlowNode, RuleNode } from "../syntax/ast.js";
import { lowerTransform } from "./changes.js";
import { lowerCondition, ruleScope } from "./conditions.js";
import { lowerDemand, lowerRemember, type Clauses } from "./demands.js";
import { lowerLimit } from "./limits.js";
import { complain, rolesOf, spanAt, type Lowering } from "./lowering.js";
import { lowerSteps } from "./output-steps.js";

const MAX_SENTENCE = 4096;
const MAX_ID = 128;

/** A rule that is read: what it says, where, and for which tools. */
interface Draft {
  readonly kind: ClauseTable;
  readonly id: string;
  readonly place: Place;
  readonly node: (RuleNode | FlowNode) & Pick<Declaration, "doc">;
  readonly tools: readonly Tool[];
  readonly clauses: Clauses;
  readonly scope: Scope;
}

/** A rule with its targets resolved and its clauses joined; undefined where something is wrong, which has been said. */
export function lowerRule(lowering: Lowering, node: Draft["node"]): Rule | undefined {
  const draft = draftOf(lowering, node);
  if (draft === undefined || draft.kind === "endorse") return undefined;
  const { kind, clauses, scope } = draft;
  const common = lowerCommon(lowering, draft);
  const demand =
    kind === "ask" || kind === "flow ask"
      ? lowerDemand(lowering, draft.id, draft.place, clauses, scope, kind === "flow ask")
      : undefined;
  const remember =
    clauses.remember === undefined ? undefined : lowerRemember(lowering, clauses.remember, draft.tools, scope);
  const transforms = lowerTransforms(lowering, draft);
  const steps = kind === "output" ? lowerSteps(lowering, node.clauses, scope) : undefined;
  if (common === undefined || transforms === undefined) return undefined;
  if (clauses.remember !== undefined && remember === undefined) return undefined;
  const remembered = remember === undefined ? {} : { remember };
  const changed = transforms.length === 0 ? {} : { transforms };
  switch (kind) {
    case "allow":
      return { kind, ...common, ...changed };
    case "ask":
      return demand === undefined ? undefined : { kind, ...common, ...changed, demand, ...remembered };
    case "forbid":
      return { kind, ...common };
    case "require":
      return { kind: "forbid", form: "require", ...common };
    case "quota":
      if (common.limits.length > 0) return { kind, ...common };
      return saysNothing(lowering, draft, "the quota", "a `limit`", "add for instance `limit 100 calls per hour`");
    case "output":
      if (steps === undefined) return undefined;
      if (steps.length > 0) return { kind, ...common, steps };
      return saysNothing(lowering, draft, "the output", "a step", "it forbids, scans, redacts, truncates or labels");
    case "flow forbid":
      return { kind: "forbid", form: "flow", ...common };
    case "flow ask":
      return demand === undefined ? undefined : { kind: "demand", form: "flow", ...common, demand, ...remembered };
    case "flow raise":
      return { kind: "raise", form: "flow", ...common };
  }
}

/** `endorse NAME on TOOLS { when ... }`; undefined where something is wrong, which has been said. */
export function lowerEndorsement(lowering: Lowering, node: RuleNode): Endorsement | undefined {
  const draft = draftOf(lowering, node);
  if (draft === undefined) return undefined;
  const common = lowerCommon(lowering, draft);
  if (draft.clauses.when === undefined)
    return saysNothing(lowering, draft, "the endorsement", "a `when`", "it says which source the user pointed at");
  if (!isLabel(lowering.inference, { text: "named", at: draft.place }, draft.scope)) return undefined;
  return common === undefined ? undefined : { id: common.id, tools: common.tools, when: common.when, at: common.at };
}

function saysNothing(lowering: Lowering, draft: Draft, what: string, expected: string, reason: string): undefined {
  return complain(lowering.program, "E140", draft.place, { what, name: draft.id, expected, reason });
}

function draftOf(lowering: Lowering, node: Draft["node"]): Draft | undefined {
  const { program } = lowering;
  const kind = node.kind === "flow" ? (`flow ${node.action}` as const) : node.rule;
  const place = placeOf(node);
  const id = node.kind === "flow" ? flowName(node) : node.name.text;
  if (id.length > MAX_ID)
    complain(program, "E127", place, {
      what: "the id made of the flow's words",
      reason: `longer than ${MAX_ID} characters`,
      expected: "give it a name: `flow NAME: …`",
    });
  const fits = checkClauses(kind, node.clauses, program);
  const withReply = kind === "output" || node.kind === "flow";
  const tools = resolveTargets(node.targets, lowering.tools, program, withReply);
  const clauses: Clauses = Object.fromEntries(node.clauses.map((clause) => [clause.kind, clause]));
  // What an argument is depends on the tools: without them nothing more can be said but of roles.
  if (tools.length === 0 || !fits) rolesOf(program, clauses.for?.roles ?? []);
  if (tools.length === 0) return undefined;
  const scope = ruleScope(lowering, tools, node.clauses, {
    flow: node.kind === "flow",
    result: kind === "output" || kind === "endorse",
  });
  return fits ? { kind, id, place, node, tools, clauses, scope } : undefined;
}

/** The word that names a rule; of a flow without a name, `flow`. */
export function placeOf(node: RuleNode | FlowNode): Place {
  if (node.kind === "rule") return node.name.at;
  return node.name?.at ?? { start: node.at.start, end: node.at.start + "flow".length };
}

type Common = Pick<Rule, "id" | "tools" | "when" | "limits" | "isolate" | "because" | "tell" | "doc" | "at">;

/** What all rules have. */
function lowerCommon(lowering: Lowering, draft: Draft): Common | undefined {
  const { program, inference } = lowering;
  const { node, clauses, tools, scope } = draft;
  const roleNames = clauses.for?.roles ?? [];
  const roles = rolesOf(program, roleNames);
  const at = spanAt(program.entry, draft.place);
  const placed = roles.flatMap((role) => {
    const name = roleNames.find((one) => program.entry.find("role", one.text) === role);
    return name === undefined ? [] : [{ role, at: spanAt(program.entry, name.at) }];
  });
  const labelled = node.kind === "flow" ? labelsReach(lowering, node, scope) : [];
  const when =
    labelled === undefined
      ? undefined
      : lowerCondition(inference, scope, node.clauses, {
          roles: placed,
          first: labelled,
          unlessAfter: draft.kind === "require",
          at,
        });
  const limits: Limit[] = [];
  for (const clause of node.clauses) {
    const limit = clause.kind === "limit" ? lowerLimit(lowering, clause, scope, node.targets, tools) : undefined;
    if (limit !== undefined) limits.push(limit);
  }
  if (limits.length > 64)
    complain(program, "E127", draft.place, { what: "the number of limits", reason: "more than 64" });
  const isolate = isolateOf(lowering, draft);
  for (const clause of [clauses.because, clauses.tell]) {
    if (clause !== undefined && clause.text.length > MAX_SENTENCE)
      complain(program, "E127", clause.at, { what: "a sentence", reason: `longer than ${MAX_SENTENCE} characters` });
  }
  if (draft.kind === "require" && clauses.after === undefined)
    return saysNothing(
      lowering,
      draft,
      "the require",
      "an `after`",
      "`after TOOL ok`: what has to have happened before",
    );
  if (when === undefined || isolate === undefined) return undefined;
  // What a clause asks for and could not be lowered has been said; the rule without it would be another rule.
  if (limits.length < node.clauses.filter((clause) => clause.kind === "limit").length) return undefined;
  if (roles.length === 0 && roleNames.length > 0) return undefined;
  return {
    id: draft.id,
    tools: tools.map((tool) => tool.name),
    when,
    limits,
    ...(isolate === "none" ? {} : { isolate }),
    ...(clauses.because === undefined ? {} : { because: clauses.because.text }),
    ...(clauses.tell === undefined ? {} : { tell: clauses.tell.text }),
    ...(node.doc === undefined ? {} : { doc: node.doc.slice(0, 65_536) }),
    at,
  };
}

/** The left side of a flow, as the first of its conditions. */
function labelsReach(
  lowering: Lowering,
  node: FlowNode,
  scope: Scope,
): Parameters<typeof lowerCondition>[3]["first"] | undefined {
  const { program, inference } = lowering;
  const known = node.labels.flat().map((label) => isLabel(inference, label, scope));
  const [first] = node.labels.flat();
  const last = node.labels.flat().at(-1);
  if (first === undefined || last === undefined || known.includes(false)) return undefined;
  const labels = node.labels.map((all) => [...new Set(all.map((label) => label.text))]);
  if (labels.length > 64 || labels.some((all) => all.length > 16))
    return complain(program, "E127", first.at, { what: "the number of labels", reason: "more than 64 sets of 16" });
  return [{ op: "labelled", labels, at: spanAt(program.entry, { start: first.at.start, end: last.at.end }) }];
}

function lowerTransforms(lowering: Lowering, draft: Draft): Transform[] | undefined {
  if (draft.kind !== "allow" && draft.kind !== "ask") return [];
  const transforms: Transform[] = [];
  let complete = true;
  for (const clause of draft.node.clauses) {
    const isChange =
      clause.kind === "redact" || clause.kind === "clamp" || clause.kind === "set" || clause.kind === "drop";
    if (!isChange) continue;
    const transform = lowerTransform(lowering, clause, draft.scope);
    if (transform === undefined) complete = false;
    else transforms.push(transform);
  }
  return complete ? transforms : undefined;
}

/** The tier a rule raises to: `isolate TIER`, or what a flow raises. */
function isolateOf(lowering: Lowering, draft: Draft): Rule["isolate"] | "none" | undefined {
  const { node, clauses } = draft;
  const tier = (node.kind === "flow" ? node.tier : undefined) ?? clauses.isolate?.tier;
  return tier === undefined ? "none" : lowerIsolate(lowering, tier);
}

function lowerIsolate(lowering: Lowering, tier: ClauseOf<"isolate">["tier"]): Rule["isolate"] | undefined {
  const { program } = lowering;
  const name = tier.text;
  if (!isOneOf(RISKS, name))
    return complain(program, "E108", tier.at, { name, what: "tier", list: RISKS }, suggest(name, RISKS));
  if (program.entry.find("tier", name) === undefined && !program.entry.isExcused(name))
    return complain(program, "E401", tier.at, { name });
  return name;
}
