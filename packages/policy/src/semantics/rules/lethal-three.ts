import type { Tool } from "@writ/ir";
import { grantsOf, sayAt, type Checked } from "../checked.js";
import { decidingFlows, sensitiveSources, type DecidingFlow } from "../flows.js";
import { isSensitive, mayBeUntrusted, scalesOf, type LabelScales } from "../label-scales.js";

/**
 * E305: what an outsider wrote, what is confidential, and a way out, all in one session, and neither a flow nor a
 * person in between: the outsider's words can have the confidential sent to him.
 */
export function checkLethalThree(checked: Checked): void {
  const scales = scalesOf(checked.labels);
  const flows = decidingFlows(checked);
  for (const tool of checked.tools) {
    if (!isLethal(tool, checked, flows, scales)) continue;
    const outsider = untrustedSource(checked, scales);
    const [confidential] = sensitiveSources(checked, scales);
    if (outsider === undefined || confidential === undefined) continue;
    const [label, source] = confidential;
    sayAt(checked, "E305", tool.at, { name: tool.name, what: outsider.name, expected: source.name, found: label }, [
      { span: outsider.at, message: "what this returns may be an outsider's words" },
      { span: source.at, message: `this returns \`${label}\`` },
    ]);
  }
}

/** Whether a tool is the third of the three, with no flow before it on the other two. */
export function isLethal(tool: Tool, checked: Checked, flows: readonly DecidingFlow[], scales: LabelScales): boolean {
  if (!tool.effects.includes("egress") || tool.params.length === 0) return false;
  if (!grantsOf(checked, tool).some(({ rule }) => rule.kind === "allow")) return false;
  if (untrustedSource(checked, scales) === undefined || sensitiveSources(checked, scales).size === 0) return false;
  return !flows.some(
    (flow) =>
      flow.tools.has(tool) &&
      flow.node.labels.some((all) =>
        all.some(
          ({ text }) =>
            isSensitive(text, scales) ||
            scales.levels.some((scale) => scale.includes(text)) ||
            scales.integrity.includes(text),
        ),
      ),
  );
}

function untrustedSource(checked: Checked, scales: LabelScales): Tool | undefined {
  return checked.tools.find(
    (tool) => mayBeUntrusted(tool, scales, checked.types) && grantsOf(checked, tool).length > 0,
  );
}
