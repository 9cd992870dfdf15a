import { Fault } from "../fault.js";
import {
  isObject,
  own,
  ownList,
  ownObject,
  ownText,
  resolved,
  texts,
  type ImportedTool,
  type JsonObject,
} from "./imported-tool.js";

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/** The operations of a document of OpenAPI 3 as tools: parameters and the fields of a JSON body are the arguments. */
export function openApiTools(document: JsonObject): ImportedTool[] {
  const tools: ImportedTool[] = [];
  for (const [path, item] of Object.entries(ownObject(document, "paths") ?? {})) {
    const shared = ownList(item, "parameters") ?? [];
    for (const method of METHODS) {
      const operation = ownObject(item, method);
      if (operation === undefined) continue;
      tools.push({
        wire: ownText(operation, "operationId") ?? `${method} ${path}`,
        group: undefined,
        description: ownText(operation, "summary") ?? ownText(operation, "description"),
        input: inputOf(operation, shared, document),
        output: outputOf(operation, document),
        root: document,
        method,
        hosts: hostsOf(operation, item, document),
        claims: { writes: false, destroys: false, open: false },
      });
    }
  }
  if (tools.length === 0) throw new Fault("the OpenAPI document has no operations");
  return tools;
}

function inputOf(operation: JsonObject, shared: readonly unknown[], root: JsonObject): JsonObject {
  const properties = new Map<string, unknown>();
  const required = new Set<string>();
  // A parameter of the operation replaces the shared one of its name.
  for (const one of [...shared, ...(ownList(operation, "parameters") ?? [])]) {
    const parameter = resolved(one, root);
    const name = ownText(parameter, "name");
    const where = ownText(parameter, "in");
    if (name === undefined || (where !== "path" && where !== "query")) continue;
    properties.set(name, own(parameter, "schema") ?? {});
    if (own(parameter, "required") === true) required.add(name);
    else required.delete(name);
  }
  const body = resolved(own(operation, "requestBody"), root);
  const schema = resolved(own(jsonOf(own(body, "content")), "schema"), root);
  if (isObject(schema)) {
    const fields = Object.entries(ownObject(schema, "properties") ?? {});
    const mustHave = own(body, "required") === true;
    if (fields.length > 0 && fields.every(([name]) => !properties.has(name))) {
      for (const [name, field] of fields) properties.set(name, field);
      if (mustHave) for (const name of texts(ownList(schema, "required"))) required.add(name);
    } else {
      properties.set("body", schema);
      if (mustHave) required.add("body");
    }
  }
  return { type: "object", properties: Object.fromEntries(properties), required: [...required] };
}

function outputOf(operation: JsonObject, root: JsonObject): unknown {
  const responses = ownObject(operation, "responses") ?? {};
  const found = Object.entries(responses).find(([status]) => /^2(?:\d\d|XX)$/.test(status));
  return own(jsonOf(own(resolved(found?.[1], root), "content")), "schema");
}

function jsonOf(content: unknown): unknown {
  if (!isObject(content)) return undefined;
  return Object.entries(content).find(([type]) => /^application\/(?:[\w.+-]+\+)?json\b/.test(type))?.[1];
}

function hostsOf(operation: JsonObject, item: unknown, document: JsonObject): string[] {
  const servers = ownList(operation, "servers") ?? ownList(item, "servers") ?? ownList(document, "servers") ?? [];
  const hosts = servers.flatMap((server) => {
    const url = ownText(server, "url") ?? "";
    return /^https?:\/\/[A-Za-z0-9.-]+(?=[:/?#]|$)/.test(url) ? [new URL(url).hostname] : [];
  });
  return [...new Set(hosts)];
}
