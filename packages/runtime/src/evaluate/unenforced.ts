import type { Bundle } from "@writ/ir";

/**
 * What a bundle asks for that this runtime does not act on, in words; undefined where there is nothing. A guard does
 * not start with a policy that it would enforce only in part. A trial, which runs nothing, has no network to close.
 */
export function unenforced(bundle: Bundle, trial: boolean): string | undefined {
  const shadow = bundle.rules.find((rule) => rule.shadow === true && rule.kind === "output");
  if (shadow !== undefined) return "`@shadow` on an `output` rule";
  if (trial) return undefined;
  const inline = new Set(bundle.tiers.filter((tier) => tier.isolate === "inline").map((tier) => tier.name));
  const netted = bundle.tools.find((tool) => tool.network !== undefined && inline.has(tool.risk));
  if (netted !== undefined) return `the \`network\` of ${netted.name}, whose tier isolates nothing`;
  return undefined;
}
