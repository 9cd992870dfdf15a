import type { OutputStep } from "@writ/ir";
import { knownDetectors } from "../semantics/infer/detectors.js";
import type { Scope } from "../semantics/infer/scope.js";
import { labelsOf } from "../semantics/types.js";
import { sizeOf } from "../semantics/vocabulary.js";
import type { Clause } from "../syntax/ast.js";
import { holdsText, notText, spotOf } from "./changes.js";
import { complain, spanAt, type Lowering } from "./lowering.js";

/** The order in which steps are taken, whatever the order they were written in. */
const ORDER: readonly OutputStep["kind"][] = ["forbid", "scan", "redact", "truncate", "label"];

/** What an `output` rule does, in the order in which it is done; undefined where a step cannot be, which has been said. */
export function lowerSteps(lowering: Lowering, clauses: readonly Clause[], scope: Scope): OutputStep[] | undefined {
  const steps: OutputStep[] = [];
  let complete = true;
  for (const clause of clauses) {
    const step = lowerStep(lowering, clause, scope);
    if (step === "none") continue;
    if (step === undefined) complete = false;
    else steps.push(step);
  }
  return complete ? steps.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind)) : undefined;
}

function lowerStep(lowering: Lowering, clause: Clause, scope: Scope): OutputStep | "none" | undefined {
  const { program, inference } = lowering;
  const at = spanAt(program.entry, clause.at);
  switch (clause.kind) {
    case "forbid when": {
      const when = inference.condition(clause.expression, scope);
      return when === undefined ? undefined : { kind: "forbid", when, at };
    }
    case "scan":
    case "redact": {
      const spot = spotOf(lowering, clause.argument, scope, true, "result");
      const detectors = knownDetectors(inference, clause.detectors, scope);
      if (spot === undefined || detectors === undefined) return undefined;
      if (!holdsText(spot.type, lowering)) return notText(lowering, clause.argument, spot);
      return { kind: clause.kind, path: spot.path, detectors, at };
    }
    case "truncate": {
      const spot = spotOf(lowering, clause.argument, scope, true, "result");
      const bytes = sizeOf(clause.size.text);
      if (spot === undefined) return undefined;
      if (!holdsText(spot.type, lowering)) return notText(lowering, clause.argument, spot);
      if (bytes === undefined || bytes < 1 || bytes > 1e15)
        return complain(program, "E127", clause.size.at, { what: "a size", reason: "out of range" });
      return { kind: "truncate", path: spot.path, bytes, at };
    }
    case "label": {
      const spot = spotOf(lowering, clause.argument, scope, true, "result");
      const labels = labelsOf(clause.labels, program.entry, program);
      return spot === undefined || labels.length === 0 ? undefined : { kind: "label", path: spot.path, labels, at };
    }
    default:
      return "none";
  }
}
