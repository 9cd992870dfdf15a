import { bundleExpressions, walk, type Bundle, type Rule } from "@writ/ir";
import { useSecretRules } from "./kept-secrets.js";
import { useStandardNumbers } from "./national-id.js";

/** Every detector that a bundle names: in conditions, in transforms and in rules about results. */
export function detectorsNamed(bundle: Bundle): ReadonlySet<string> {
  const named = new Set<string>();
  for (const { node } of bundleExpressions(bundle))
    walk(node, (inner) => {
      if (inner.op === "detects") for (const name of inner.detectors) named.add(name);
    });
  for (const rule of bundle.rules) for (const name of namedBy(rule)) named.add(name);
  return named;
}

function namedBy(rule: Rule): readonly string[] {
  const steps = rule.kind === "output" ? rule.steps : "transforms" in rule ? (rule.transforms ?? []) : [];
  return steps.flatMap((step) => ("detectors" in step ? step.detectors : []));
}

/**
 * Loads the libraries that the named detectors need, so that looking stays synchronous and a guard that needs none
 * starts at once. One that cannot be loaded leaves its detector unavailable, which is unknown: never "clean".
 */
export async function loadDetectorLibraries(named: ReadonlySet<string>): Promise<void> {
  const wanted: Promise<void>[] = [];
  if (named.has("secrets"))
    wanted.push(import("@secretlint/secretlint-rule-preset-recommend").then(({ rules }) => useSecretRules(rules)));
  if (named.has("national_id")) wanted.push(import("stdnum").then(({ stdnum }) => useStandardNumbers(stdnum)));
  await Promise.allSettled(wanted);
}
