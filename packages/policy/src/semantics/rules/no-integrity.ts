import { sayAt, type Checked } from "../checked.js";
import { saysNoIntegrity, scalesOf } from "../label-scales.js";

/** W301: a result of which nobody said who may have written it counts as untrusted. */
export function checkNoIntegrity(checked: Checked): void {
  const scales = scalesOf(checked.labels);
  if (scales.integrity.length === 0) return;
  for (const tool of checked.tools) {
    if (!tool.effects.includes("read") && !tool.effects.includes("exec")) continue;
    if (saysNoIntegrity(tool, scales, checked.types))
      sayAt(checked, "W301", tool.at, { name: tool.name, list: scales.integrity });
  }
}
