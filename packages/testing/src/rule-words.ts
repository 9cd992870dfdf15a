import type { Rule } from "@writ/ir";

const MAX_TOOLS = 4;

/** A rule's head in the words of a policy: `allow small on pay.refund`. */
export function headOf(rule: Rule): string {
  return `${wordOf(rule)} ${rule.id} on ${toolWords(rule.tools)}`;
}

/** The word that its author wrote: what is a `forbid` to the runtime may be a `flow` or a `require`. */
export function wordOf({ kind, form }: Rule): string {
  return form ?? (kind === "demand" || kind === "raise" ? "flow" : kind);
}

/** Tools, as many as one can read. */
export function toolWords(tools: readonly string[]): string {
  const shown = tools.slice(0, MAX_TOOLS).join(", ");
  return tools.length <= MAX_TOOLS ? shown : `${shown} and ${tools.length - MAX_TOOLS} more`;
}
