/** Whether the agent runs a tool itself; any other one is run by the model's provider. */
export function isClientTool(tool: unknown): boolean {
  return typeof tool === "object" && tool !== null && "invoke" in tool && typeof tool.invoke === "function";
}

/** What a tool that a provider runs is called: by its name, or by its type where it has none. */
export function nameOf(tool: unknown): string {
  for (const path of [["name"], ["function", "name"], ["type"]]) {
    let found: unknown = tool;
    for (const part of path) found = typeof found === "object" && found !== null ? Reflect.get(found, part) : undefined;
    if (typeof found === "string" && found !== "") return found;
  }
  return "?";
}
