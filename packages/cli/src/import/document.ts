import { format } from "@writ/policy";
import { Fault } from "../fault.js";
import type { ImportedTool } from "./imported-tool.js";
import { declare, type Declared } from "./print.js";

const MAX_TOOLS = 2000;

/** Tools as a policy of declarations, laid out. `from` says where they come from. Throws a {@link Fault}. */
export function policyOf(
  tools: readonly ImportedTool[],
  options: { readonly name: string; readonly group: string | undefined; readonly from: string },
): { readonly text: string; readonly declared: readonly Declared[] } {
  if (tools.length > MAX_TOOLS)
    throw new Fault(`${tools.length} tools are more than the ${MAX_TOOLS} that are imported at once`);
  const twice = repeated(tools);
  if (twice !== undefined)
    throw new Fault(`two tools are called ${twice}`, "an agent could not tell them apart either");
  const used = new Set(tools.map(({ wire }) => wire));
  const declared = tools.map((tool) => declare(tool, options.group, used));
  const source = [
    `# Tools of ${options.from.replace(/[^ -~]/g, "?").slice(0, 100)}, by writ import. Lines with "guess" come from names alone,`,
    "# and what a tool says of itself is not to be trusted: look at each, correct it, and take the comment out.",
    "# What nothing is known of is taken for the worst. This file grants nothing: a policy that uses it does.",
    `policy ${options.name}`,
    "use std.labels",
    "use std.tiers",
    ...declared.flatMap(({ text }) => ["", text]),
  ].join("\n");
  const laidOut = format(source, options.name);
  if (!laidOut.ok) throw new Error(`what was imported is no policy: ${laidOut.diagnostics[0]?.message ?? ""}`);
  return { text: laidOut.text, declared };
}

function repeated(tools: readonly ImportedTool[]): string | undefined {
  const seen = new Set<string>();
  for (const { wire } of tools) {
    if (seen.has(wire)) return wire;
    seen.add(wire);
  }
  return undefined;
}
