import { sayAt, type Checked } from "../checked.js";
import { decides, decidingFlows, sensitiveSources, sinkTools } from "../flows.js";
import { scalesOf } from "../label-scales.js";
import { isLethal } from "./lethal-three.js";

/** E301: a category, or a level above the lowest, that some tool returns and that no flow keeps from a sink. */
export function checkUndecidedFlow(checked: Checked): void {
  const scales = scalesOf(checked.labels);
  const flows = decidingFlows(checked);
  const sinks = sinkTools(checked);
  for (const [label, source] of sensitiveSources(checked, scales)) {
    const open = sinks.filter(
      (sink) => !flows.some((flow) => decides(flow, label, sink, scales)) && !isLethal(sink, checked, flows, scales),
    );
    const [first] = open;
    if (first === undefined) continue;
    sayAt(
      checked,
      "E301",
      first.at,
      {
        name: label,
        what: source.name,
        list: open.map((tool) => tool.name),
        expected: first.effects.includes("egress") ? "egress" : first.name,
      },
      [{ span: source.at, message: `\`${label}\` comes from here` }],
    );
  }
}
