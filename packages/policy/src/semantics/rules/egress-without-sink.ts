import { sayAt, symbolOfTool, type Checked } from "../checked.js";

/** E302: a tool that sends data out without saying which argument says where to. */
export function checkEgressWithoutSink(checked: Checked): void {
  for (const tool of checked.tools) {
    if (!tool.effects.includes("egress") || tool.sinks.length > 0 || tool.params.length === 0) continue;
    if (symbolOfTool(checked, tool) === undefined) continue;
    sayAt(checked, "E302", tool.at, { name: tool.name, list: tool.params.map((param) => param.name) });
  }
}
