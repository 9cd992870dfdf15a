import type { Bundle, Expression } from "@writ/ir";

const NODES: ReadonlySet<Expression["op"]> = new Set([
  "param", "fact", "result", "sinks", "said", "asked", "integrity", "readable", "labelled", "firstSeen", "detects", "did",
]);

/**
 * What a bundle asks for that this runtime does not act on, in words; undefined where there is nothing. A guard does
 * not start with a policy that it would enforce only in part.
 */
export function unenforced(bundle: Bundle, nodes: readonly Expression[]): string | undefined {
  if (bundle.taint !== "context") return "`taint value`";
  const declared = [["param", bundle.params], ["fact", bundle.facts], ["intent", bundle.intents], ["endorse", bundle.endorsements]] as const;
  for (const [name, list] of declared) if (list.length > 0) return `\`${name}\``;
  const tool = bundle.tools.find((one) => one.labelsBy ?? one.readers ?? one.lowers ?? one.undo ?? one.pin ?? one.network);
  if (tool !== undefined) return `attributes of the tool ${tool.name}`;
  for (const rule of bundle.rules) {
    if (rule.kind === "demand" || rule.kind === "raise" || rule.kind === "quota" || rule.kind === "output") return `\`${rule.form ?? rule.kind}\``;
    if (rule.shadow === true) return "`@shadow`";
    if (rule.kind !== "forbid" && (rule.transforms ?? []).length > 0) return "transforms of arguments";
    if (rule.kind === "ask" && rule.remember !== undefined) return "`remember`";
    const limit = rule.limits.find((one) => one.kind !== "calls");
    if (limit !== undefined) return `a limit on \`${limit.kind}\``;
  }
  const node = nodes.find((one) => NODES.has(one.op));
  return node === undefined ? undefined : `\`${node.op}\` in a condition`;
}
