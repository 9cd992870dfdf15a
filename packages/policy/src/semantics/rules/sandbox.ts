import type { Tier, Tool } from "@writ/ir";
import { grantsOf, sayAt, type Checked } from "../checked.js";

/** E405 and E406: what a sandbox would not let a tool do, or could not hold it to. */
export function checkSandbox(checked: Checked): void {
  const tiers = new Map(checked.tiers.map((tier) => [tier.name, tier]));
  for (const tool of checked.tools) {
    const tier = tiers.get(tool.risk);
    // A file that only declares tools leaves the tiers to those that use it.
    if (tier === undefined || grantsOf(checked, tool).length === 0) continue;
    if (tool.effects.includes("egress") && isCutOff(tool, tier))
      sayAt(checked, "E405", tool.at, { name: tool.name, what: tier.name });
  }
  for (const tier of checked.tiers) {
    for (const kind of ["read", "write"] as const) {
      for (const glob of tier[kind])
        if (!canBeMounted(glob)) sayAt(checked, "E406", tier.at, { name: tier.name, found: glob, what: kind });
    }
  }
}

/** What runs inside the host is held to no network. */
function isCutOff(tool: Tool, tier: Tier): boolean {
  return tier.isolate !== "inline" && (tool.network ?? tier.network).length === 0;
}

/** A sandbox mounts folders and files: a fixed path, or all below one. */
function canBeMounted(glob: string): boolean {
  const folder = glob.endsWith("/**") ? glob.slice(0, -3) : glob;
  return glob.startsWith("/") && folder !== "" && !/[*?[\]{}]/.test(folder);
}
