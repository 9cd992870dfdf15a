import type { Endorsement } from "@writ/ir";
import { annotationsOf } from "../semantics/annotations.js";
import type { PlacedRule } from "../semantics/checked.js";
import { flowName } from "../semantics/flow-name.js";
import type { ModuleScope } from "../semantics/symbols.js";
import { isInherited, viewOf, type Program } from "../semantics/resolve.js";
import { concernsNothing } from "../semantics/rules/concerns-nothing.js";
import { isOneOf } from "../semantics/vocabulary.js";
import type { Place } from "../source/place.js";
import { complain, rolesOf, type Lowering } from "./lowering.js";
import { lowerEndorsement, lowerRule, placeOf } from "./rules.js";

/** Reasons of a decision that are no rule: no rule has one of these names. */
const RUNTIME_REASONS = ["input", "default", "limit", "tier"] as const;

/** The rules of a policy and of those it extends. */
export interface LoweredRules {
  readonly placed: readonly PlacedRule[];
  readonly endorsements: readonly Endorsement[];
  readonly ids: ReadonlySet<string>;
  /** Whether every rule that concerns a tool was lowered. Where one was not, something has been said. */
  readonly whole: boolean;
}

/** Lowers the rules of every policy of the lineage, the furthest parent's first, each in its own file. */
export function lowerRules(lowering: Lowering, loweringOf: (scope: ModuleScope) => Lowering): LoweredRules {
  const placed: PlacedRule[] = [];
  const ids = new Map<string, { readonly program: Program; readonly at: Place }>();
  const endorsements: Endorsement[] = [];
  let whole = true;
  for (const scope of lowering.program.lineage) {
    const own = loweringOf(scope);
    for (const node of scope.module.syntax.declarations) {
      if (node.kind !== "rule" && node.kind !== "flow") continue;
      checkId(own.program, node.kind === "flow" ? flowName(node) : node.name.text, placeOf(node), ids);
      if (concernsNothing(node, own.program, own.tools)) {
        // Its roles can be read without a tool, and nothing else can.
        for (const clause of node.clauses)
          if (clause.kind === "for" || clause.kind === "from")
            rolesOf(
              own.program,
              clause.roles.filter((name) => name.text !== "requester"),
            );
        continue;
      }
      const annotations = annotationsOf(node, own.program);
      if (node.kind === "rule" && node.rule === "endorse") {
        if (annotations.shadow === true) {
          complain(own.program, "E110", placeOf(node), {
            reason: "an endorsement decides nothing, so it has no shadow",
            expected: "leave `@shadow` out, or the endorsement",
          });
        }
        const endorsement = lowerEndorsement(own, node);
        if (endorsement === undefined) whole = false;
        else endorsements.push(endorsement);
        continue;
      }
      const rule = lowerRule(own, node);
      if (rule === undefined) whole = false;
      else placed.push({ scope, node, rule: { ...rule, ...annotations } });
    }
  }
  return { placed, endorsements, ids: new Set(ids.keys()), whole };
}

/** E011 and E120: an id names one rule, and no reason of the runtime's own. */
function checkId(
  program: Program,
  id: string,
  at: Place,
  ids: Map<string, { readonly program: Program; readonly at: Place }>,
): void {
  if (isOneOf(RUNTIME_REASONS, id))
    complain(program, "E011", at, {
      name: id,
      what: "rule",
      reason: "decisions name a reason of the runtime's own so",
    });
  const first = ids.get(id);
  if (first === undefined) ids.set(id, { program, at });
  else
    program.report.add(
      "E120",
      program.entry.module.file,
      at,
      { what: "rule", name: id },
      {
        related: [
          {
            file: first.program.entry.module.file,
            at: first.at,
            message: isInherited(first.program) ? "a parent's rule stays, under its name" : "declared first here",
          },
        ],
      },
    );
}

/** The lowering as one policy of the lineage reads it. */
export function loweringsOf(
  lowering: Lowering,
  toolsOf: (scope: ModuleScope) => Lowering["tools"]["visible"],
): (scope: ModuleScope) => Lowering {
  const known = new Map<ModuleScope, Lowering>([[lowering.program.entry, lowering]]);
  return (scope) => {
    const found = known.get(scope) ?? {
      ...lowering,
      program: viewOf(lowering.program, scope),
      tools: { visible: toolsOf(scope), parameters: new Map() },
    };
    known.set(scope, found);
    return found;
  };
}
