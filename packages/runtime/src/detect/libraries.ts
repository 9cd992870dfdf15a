import type { Bundle, Expression, Rule } from "@writ/ir";
import type * as boxModule from "./box.js";
import type { Detector } from "./detector.js";

/** Every detector that a bundle names: in conditions, of which these ask for some, in transforms and in rules about results. */
export function detectorsNamed(
  bundle: Bundle,
  asking: readonly Extract<Expression, { op: "detects" }>[],
): ReadonlySet<string> {
  const named = new Set(asking.flatMap(({ detectors }) => detectors));
  for (const rule of bundle.rules) for (const name of namedBy(rule)) named.add(name);
  return named;
}

function namedBy(rule: Rule): readonly string[] {
  const steps = rule.kind === "output" ? rule.steps : "transforms" in rule ? (rule.transforms ?? NONE) : NONE;
  if (steps.length === 0) return NONE;
  return steps.flatMap((step) => ("detectors" in step ? step.detectors : []));
}

const NONE: readonly never[] = [];

let box: typeof boxModule | undefined;

/** A detector in the box by its name. Throws where the box is not loaded: the detector is unavailable then. */
export function boxed(name: string): Detector {
  return (text) => {
    const detector = box?.BOX.get(name);
    if (detector === undefined) throw new Error(`the detector ${name} is not loaded`);
    return detector(text);
  };
}

/**
 * Loads the named detectors and the libraries they need, so that looking stays synchronous and a guard that needs none
 * starts at once. What cannot be loaded leaves its detector unavailable, which is unknown: never "clean".
 */
export async function loadDetectorLibraries(named: ReadonlySet<string>): Promise<void> {
  if (named.size === 0) return;
  try {
    box ??= await import("./box.js");
  } catch {
    return; // Unavailable, all of them.
  }
  const { useSecretRules, useStandardNumbers } = box;
  const wanted: Promise<void>[] = [];
  if (named.has("secrets"))
    wanted.push(import("@secretlint/secretlint-rule-preset-recommend").then(({ rules }) => useSecretRules(rules)));
  if (named.has("national_id")) wanted.push(import("stdnum").then(({ stdnum }) => useStandardNumbers(stdnum)));
  await Promise.allSettled(wanted);
}
