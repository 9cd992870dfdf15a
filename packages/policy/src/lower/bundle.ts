import type { Bundle, Field, Label, Role, Tier, Tool } from "@writ/ir";
import { check } from "../semantics/check.js";
import { createInference } from "../semantics/infer/infer.js";
import { newBudget, type Inference } from "../semantics/infer/scope.js";
import type { Program } from "../semantics/resolve.js";
import { checkLets } from "../semantics/rules/lets.js";
import { checkTiers } from "../semantics/rules/tiers.js";
import { checkUnused } from "../semantics/rules/unused.js";
import { checkUngranted } from "../semantics/rules/ungranted.js";
import type { ModuleScope } from "../semantics/symbols.js";
import type { ToolIndex } from "../semantics/targets.js";
import { resolveTypes } from "../semantics/types.js";
import type { Declaration } from "../syntax/ast.js";
import { lowerRules, loweringsOf } from "./all-rules.js";
import { lowerGiven, lowerTaint } from "./given.js";
import { complain, spanAt, type Lowering } from "./lowering.js";
import { lowerProofs, type PolicyProof } from "./proofs.js";
import { lowerTest, type PolicyTest } from "./tests.js";
import { lowerTier } from "./tiers.js";
import { lowerToolExpressions } from "./tool-expressions.js";
import { lowerTool } from "./tools.js";

/** What a program is once it is lowered; the bundle only counts where nothing wrong has been said. */
export interface Lowered {
  readonly bundle: Bundle;
  readonly tests: readonly PolicyTest[];
  readonly proofs: readonly PolicyProof[];
  /** Whether everything that the source says is in it. Where it is not, something has been said. */
  readonly whole: boolean;
}

/** Types, checks and lowers everything a program says. */
export function lowerProgram(program: Program): Lowered {
  const { entry } = program;
  const types = resolveTypes(program);
  const toolsOf = lowerTools(program);
  const tools = toolsOf(entry);
  const indexes = new Map<ModuleScope, ToolIndex>();
  const inference = createInference(program, types, (scope) => {
    const index = indexes.get(scope) ?? { visible: toolsOf(scope), parameters: new Map() };
    indexes.set(scope, index);
    return index;
  });
  lowerExpressionsOfTools(inference, toolsOf);
  const lowering: Lowering = { program, types, inference, tools: { visible: tools, parameters: new Map() } };
  const roles = lowerRoles(lowering);
  const tiers = lowerTiers(program);
  checkLets(lowering.inference, program);

  const loweringOf = loweringsOf(lowering, toolsOf);
  const rules = lowerRules(lowering, loweringOf);
  const tests = lowerTests(lowering, rules.ids);
  checkTiers(program, [...new Set(tools.values())], tiers);
  checkUngranted(program, [...new Set(tools.values())], (scope) => loweringOf(scope).tools);
  checkUnused(program);
  const labels = lowerLabels(program);
  const declared = lowerGiven(inference);
  check({
    program,
    types,
    labels,
    roles,
    tiers,
    facts: declared.facts,
    tools: [...new Set(tools.values())],
    placed: rules.placed,
    indexOf: (scope) => loweringOf(scope).tools,
  });

  const { header } = entry.module.syntax;
  const bundle: Bundle = {
    format: "writ.bundle/1",
    policy: {
      name: header?.name.text ?? "none",
      ...(header?.version === undefined ? {} : { version: Number(header.version.text) }),
    },
    sources: program.modules.map((module) => ({ name: module.file.name, digest: module.file.digest })),
    taint: lowerTaint(program),
    labels,
    params: declared.params,
    facts: declared.facts,
    intents: declared.intents,
    endorsements: [...rules.endorsements],
    types: typesOf(program, types),
    identity: { user: claimsOf(entry, "user"), agent: claimsOf(entry, "agent"), session: claimsOf(entry, "session") },
    roles,
    tiers,
    tools: [...new Set(tools.values())],
    rules: rules.placed.map((one) => one.rule),
  };
  const proofs = lowerProofs(lowering);
  return { bundle, tests, proofs, whole: rules.whole && isWhole(program, bundle, tests, proofs) };
}

/** Counts what the source declares against what was made of it: nothing may be left out in silence. */
function isWhole(
  program: Program,
  bundle: Bundle,
  tests: readonly PolicyTest[],
  proofs: readonly PolicyProof[],
): boolean {
  const { entry } = program;
  const declared = (kind: Declaration["kind"]): number =>
    entry.module.syntax.declarations.filter((node) => node.kind === kind).length;
  return (
    tests.length === declared("test") &&
    proofs.length === declared("prove") &&
    bundle.params.length >= new Set(entry.visible("param").values()).size &&
    bundle.facts.length >= new Set(entry.visible("fact").values()).size &&
    bundle.intents.length >= new Set(entry.visible("intent").values()).size &&
    bundle.roles.length >= new Set(entry.visible("role").values()).size &&
    bundle.tools.length === new Set(entry.visible("tool").values()).size &&
    bundle.tiers.length === [...entry.visible("tier")].filter(([name, symbol]) => name === symbol.name).length
  );
}

/**
 * The tools that each policy of the lineage can name; one tool under two names is one, two under one name are a
 * mistake. The compiled policy comes first: it has all tools, in its own order.
 */
function lowerTools(program: Program): (scope: ModuleScope) => ReadonlyMap<string, Tool> {
  const bySymbol = new Map<unknown, Tool>();
  const names = new Map<string, unknown>();
  const byScope = new Map<ModuleScope, ReadonlyMap<string, Tool>>();
  for (const scope of program.lineage.toReversed()) {
    const visible = new Map<string, Tool>();
    for (const [name, symbol] of scope.visible("tool")) {
      const tool = bySymbol.get(symbol) ?? lowerTool(symbol, program);
      if (tool === undefined) continue;
      bySymbol.set(symbol, tool);
      visible.set(name, tool);
      for (const known of new Set([tool.name, tool.as ?? tool.name])) {
        const other = names.get(known);
        if (other !== undefined && other !== symbol)
          program.report.add("E120", symbol.module.file, symbol.at, { what: "tool", name: known });
        names.set(known, symbol);
      }
    }
    byScope.set(scope, visible);
  }
  return (scope) => byScope.get(scope) ?? new Map();
}

/** `readers` and `undo` of every tool, each once. */
function lowerExpressionsOfTools(
  inference: Inference,
  toolsOf: (scope: ModuleScope) => ReadonlyMap<string, Tool>,
): void {
  const done = new Set<Tool>();
  for (const scope of inference.program.lineage) {
    const tools = toolsOf(scope);
    for (const [name, symbol] of scope.visible("tool")) {
      const tool = tools.get(name);
      if (tool === undefined || done.has(tool)) continue;
      done.add(tool);
      lowerToolExpressions(tool, symbol, inference);
    }
  }
}

/** Roles of all modules are checked; those the entry can name are in the bundle. */
function lowerRoles(lowering: Lowering): Role[] {
  const { program, inference } = lowering;
  const wanted = new Set(program.lineage.flatMap((scope) => [...scope.visible("role").values()]));
  const roles: Role[] = [];
  for (const scope of program.scopes.values()) {
    for (const symbol of scope.own) {
      if (symbol.kind !== "role") continue;
      const when = inference.condition(symbol.node.when, {
        module: scope,
        place: "role",
        parameters: new Map(),
        variables: new Map(),
        given: new Set(),
        expanding: [],
        budget: newBudget(),
      });
      const approves = [...program.entry.visible("tier").values()].some((tier) =>
        tier.node.items.some(
          (item) => item.kind === "approve" && program.scopes.get(tier.module)?.find("role", item.role.text) === symbol,
        ),
      );
      if (when !== undefined && (wanted.has(symbol) || approves))
        roles.push({ name: symbol.bundleName, when, at: spanAt(scope, symbol.at) });
    }
  }
  return roles;
}

const ORDER = ["low", "medium", "high", "critical"];

function lowerTiers(program: Program): Tier[] {
  const tiers: Tier[] = [];
  for (const [name, symbol] of program.entry.visible("tier")) {
    // Under a prefix a tier has not the name of a risk.
    if (name !== symbol.name) continue;
    const tier = lowerTier(symbol, program);
    if (tier !== undefined && !tiers.some((one) => one.name === tier.name)) tiers.push(tier);
  }
  return tiers.toSorted((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name));
}

function lowerLabels(program: Program): Label[] {
  const labels: Label[] = [];
  const values = new Map<string, string>();
  // What is used comes first, so that a clash is said where it was added.
  for (const scope of [...program.scopes.values()].toReversed()) {
    for (const symbol of scope.own) {
      if (symbol.kind !== "label") continue;
      if (labels.some((label) => label.name === symbol.name)) {
        program.report.add("E504", scope.module.file, symbol.at, { what: "label", name: symbol.name });
        continue;
      }
      for (const value of symbol.node.values) {
        if (values.has(value.text))
          program.report.add("E120", scope.module.file, value.at, { what: "label", name: value.text });
        values.set(value.text, symbol.name);
      }
      labels.push({
        name: symbol.name,
        ordered: symbol.node.ordered,
        values: symbol.node.values.map((value) => value.text),
        at: spanAt(scope, symbol.at),
      });
    }
  }
  return labels;
}

function typesOf(program: Program, types: Lowering["types"]): Bundle["types"] {
  return [...program.scopes.values()].flatMap((scope) =>
    scope.own.flatMap((symbol) => {
      const type = symbol.kind === "type" ? types.get(symbol.bundleName) : undefined;
      return symbol.kind === "type" && type !== undefined
        ? [{ name: symbol.bundleName, type, at: spanAt(scope, symbol.at) }]
        : [];
    }),
  );
}

function claimsOf(scope: ModuleScope, kind: "user" | "agent" | "session"): Field[] {
  return [...scope.identity[kind].values()].map((claim) => claim.field);
}

function lowerTests(lowering: Lowering, ids: ReadonlySet<string>): PolicyTest[] {
  const { program } = lowering;
  const tests: PolicyTest[] = [];
  const names = new Set<string>();
  for (const node of program.entry.module.syntax.declarations) {
    if (node.kind !== "test") continue;
    if (names.has(node.name.text)) complain(program, "E120", node.name.at, { what: "test", name: node.name.text });
    names.add(node.name.text);
    const test = lowerTest(lowering, node, ids);
    if (test !== undefined) tests.push(test);
  }
  return tests;
}
