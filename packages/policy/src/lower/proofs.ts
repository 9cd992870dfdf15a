import type { Expression, Span } from "@writ/ir";
import { suggest } from "../diagnostics/suggest.js";
import { isLabel } from "../semantics/infer/provenance.js";
import { bareScope } from "../semantics/infer/scope.js";
import { concernsNothing } from "../semantics/rules/concerns-nothing.js";
import { resolveTargets } from "../semantics/targets.js";
import type { Declaration, Proof, QName } from "../syntax/ast.js";
import { ruleScope } from "./conditions.js";
import { complain, spanAt, type Lowering } from "./lowering.js";

/**
 * A `prove` statement, typed and resolved. This version proves none of them: they are carried for what does, and so
 * that a tool can say aloud that they were not proven.
 */
export type PolicyProof = { readonly name: string; readonly span: Span } & (
  | {
      readonly kind: "neverAllow" | "someAllow";
      /** Empty in a policy without tools, which is proven once a child binds it. */
      readonly tools: readonly string[];
      readonly when?: Expression;
    }
  | { readonly kind: "neverReach"; readonly labels: readonly (readonly string[])[]; readonly tools: readonly string[] }
  | { readonly kind: "refines"; readonly left: string; readonly right: string }
);

/** The proofs of the entry. */
export function lowerProofs(lowering: Lowering): PolicyProof[] {
  const { program } = lowering;
  const proofs: PolicyProof[] = [];
  const names = new Set<string>();
  for (const node of program.entry.module.syntax.declarations) {
    if (node.kind !== "prove") continue;
    if (names.has(node.name.text)) complain(program, "E120", node.name.at, { what: "proof", name: node.name.text });
    names.add(node.name.text);
    const proof = lowerProof(lowering, node);
    if (proof !== undefined) proofs.push(proof);
  }
  return proofs;
}

function lowerProof(lowering: Lowering, node: Extract<Declaration, { kind: "prove" }>): PolicyProof | undefined {
  const { program, inference } = lowering;
  const { proof } = node;
  const base = { name: node.name.text, span: spanAt(program.entry, node.name.at) };
  switch (proof.kind) {
    case "refines": {
      const known = [isPolicy(lowering, proof.left), isPolicy(lowering, proof.right)];
      return known.includes(false)
        ? undefined
        : { ...base, kind: "refines", left: proof.left.text, right: proof.right.text };
    }
    case "neverReach": {
      const scope = bareScope(program.entry, "rule");
      const known = proof.labels.flat().map((label) => isLabel(inference, label, scope));
      const tools = toolsOf(lowering, proof);
      if (known.includes(false) || tools === undefined) return undefined;
      return { ...base, kind: "neverReach", labels: proof.labels.map((all) => all.map((label) => label.text)), tools };
    }
    case "neverAllow":
    case "someAllow": {
      const tools = toolsOf(lowering, proof);
      if (tools === undefined) return undefined;
      if (proof.when === undefined || tools.length === 0) return { ...base, kind: proof.kind, tools };
      const targets = resolveTargets(proof.targets, lowering.tools, program);
      const when = inference.condition(
        proof.when,
        ruleScope(lowering, targets, [{ kind: "when", expression: proof.when, at: proof.when.at }], {
          flow: false,
          result: false,
        }),
      );
      return when === undefined ? undefined : { ...base, kind: proof.kind, tools, when };
    }
  }
}

/** The tools a proof is about; none in a policy that has none yet. Undefined where a target means nothing. */
function toolsOf(lowering: Lowering, proof: Exclude<Proof, { kind: "refines" }>): readonly string[] | undefined {
  const { program } = lowering;
  const as = { kind: "flow", targets: proof.targets } as const;
  if (lowering.tools.visible.size === 0 && concernsNothing(as, program, lowering.tools)) return [];
  const tools = resolveTargets(proof.targets, lowering.tools, program, proof.kind === "neverReach");
  return tools.length === 0 ? undefined : tools.map((tool) => tool.name);
}

/** E102 where no file that was read is the policy of that name. */
function isPolicy(lowering: Lowering, name: QName): boolean {
  const { program } = lowering;
  const all = program.modules.flatMap((module) => module.syntax.header?.name.text ?? []);
  if (all.includes(name.text)) return true;
  if (program.entry.incomplete) return false;
  const list = all.filter((one) => !one.startsWith("std."));
  complain(
    program,
    "E102",
    name.at,
    { name: name.text, what: "no policy that is read here", list },
    suggest(name.text, list),
  );
  return false;
}
