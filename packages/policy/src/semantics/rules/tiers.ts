import { ISOLATIONS } from "../vocabulary.js";
import type { Isolation, Risk, Tier, Tool } from "@writ/ir";
import type { Program } from "../resolve.js";

const level = (isolation: Isolation): number => ISOLATIONS.indexOf(isolation);

/** E401, E402 and E403: every risk in use has a tier, tiers protect more the higher they are, and exec is isolated. */
export function checkTiers(program: Program, tools: readonly Tool[], tiers: readonly Tier[]): void {
  const byName = new Map<Risk, Tier>(tiers.map((tier) => [tier.name, tier]));
  const missing = new Set<Risk>();
  for (const tool of tools) {
    const tier = byName.get(tool.risk);
    const symbol = [...program.entry.visible("tool").values()].find((one) => one.name === tool.name);
    if (symbol === undefined) continue;
    if (tier === undefined) {
      // A tier that is declared and broken has been spoken of.
      if (
        program.entry.isExcused(tool.risk) ||
        program.entry.find("tier", tool.risk) !== undefined ||
        missing.has(tool.risk)
      )
        continue;
      missing.add(tool.risk);
      program.report.add("E401", symbol.module.file, symbol.at, { name: tool.risk, what: `\`${tool.name}\`` });
    } else if (tool.effects.includes("exec") && level(tier.isolate) < level("process")) {
      program.report.add("E403", symbol.module.file, symbol.at, { name: tool.name });
    }
  }
  for (const [i, tier] of tiers.entries()) {
    const below = tiers[i - 1];
    const reason = below === undefined ? undefined : weaker(below, tier);
    if (below === undefined || reason === undefined) continue;
    const symbol = program.entry.find("tier", tier.name);
    if (symbol !== undefined)
      program.report.add("E402", symbol.module.file, symbol.at, {
        name: tier.name,
        reason: `${reason} than \`${below.name}\``.replace(/ opens (.*) than/, " opens $1, unlike"),
      });
  }
}

function weaker(below: Tier, tier: Tier): string | undefined {
  if (level(tier.isolate) < level(below.isolate)) return `isolates less (${tier.isolate}, not ${below.isolate})`;
  if (below.approve !== undefined && tier.approve !== below.approve)
    return `drops the approval by \`${below.approve}\`; it protects less`;
  // What runs inline is not held to anything, so it cannot be opened further.
  if (below.isolate === "inline") return undefined;
  for (const kind of ["network", "read", "write", "env"] as const) {
    const more = tier[kind].find((one) => !below[kind].includes(one));
    if (more !== undefined) return `opens ${kind} \`${more.slice(0, 60)}\`; it protects less`;
  }
  return undefined;
}
