import { Fault } from "../fault.js";
import { isObject, own, ownList, ownObject, ownText, type ImportedTool } from "./imported-tool.js";
import { openApiTools } from "./openapi.js";

const NO_CLAIMS = { writes: false, destroys: false, open: false };

/**
 * The tools of a document: an array of `{name, description, parameters | input_schema | inputSchema}` (bare or inside
 * `{type: "function", function}`), the result of MCP's `tools/list` (bare or as its JSON-RPC response), groups of such
 * arrays by name, or OpenAPI 3. Throws a {@link Fault} for anything else, and for a tool that cannot be read.
 */
export function toolsOf(document: unknown, from: string): ImportedTool[] {
  if (Array.isArray(document)) return document.map((one, at) => toolOf(one, `${from}: tool ${at + 1}`, undefined));
  if (ownText(document, "openapi")?.startsWith("3.") === true && isObject(document)) return openApiTools(document);
  if (own(document, "swagger") !== undefined) throw new Fault(`${from} is Swagger 2`, "convert it to OpenAPI 3 first");
  const listed = ownList(document, "tools") ?? ownList(own(document, "result"), "tools");
  if (listed !== undefined) return listed.map((one, at) => toolOf(one, `${from}: tool ${at + 1}`, undefined));
  if (isObject(document)) {
    const groups = Object.entries(document);
    if (groups.length > 0 && groups.every(([, tools]) => Array.isArray(tools))) {
      return groups.flatMap(([group, tools]) =>
        Array.isArray(tools) ? tools.map((one, at) => toolOf(one, `${from}: tool ${at + 1} of ${group}`, group)) : [],
      );
    }
    if (ownText(document, "name") !== undefined) return [toolOf(document, from, undefined)];
  }
  throw new Fault(
    `${from} holds no list of tools`,
    "an array of {name, description, parameters}, an MCP tools/list result, or OpenAPI 3 as JSON",
  );
}

/** One tool of a list. */
export function toolOf(value: unknown, place: string, group: string | undefined): ImportedTool {
  const tool = ownObject(value, "function") ?? value;
  const wire = ownText(tool, "name");
  if (wire === undefined || wire === "") throw new Fault(`${place} has no name`);
  if (wire.length > 256) throw new Fault(`${place} has a name of more than 256 characters`);
  const input = ["parameters", "input_schema", "inputSchema", "schema"]
    .map((name) => own(tool, name))
    .find((found) => found !== undefined);
  const schema = isObject(input) ? input : {};
  if (input !== undefined && input !== null && !isObject(input))
    throw new Fault(`${place} (${wire}) has a schema of its arguments that is no object`);
  const annotations = own(tool, "annotations");
  return {
    wire,
    group,
    description: ownText(tool, "description"),
    input: schema,
    output: own(tool, "outputSchema"),
    root: schema,
    method: undefined,
    hosts: [],
    claims:
      annotations === undefined
        ? NO_CLAIMS
        : {
            writes: own(annotations, "readOnlyHint") === false,
            destroys: own(annotations, "destructiveHint") === true,
            open: own(annotations, "openWorldHint") === true,
          },
  };
}
