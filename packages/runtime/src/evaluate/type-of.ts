import type { Expression, Field, Type } from "@writ/ir";
import { memberOf } from "@writ/ir/values";
import type { Scope } from "./scope.js";

/** The type of a value, as far as it can be told from declarations; undefined where it cannot. */
export function typeOf(node: Expression, scope: Scope): Type | undefined {
  switch (node.op) {
    case "literal":
      return node.type;
    case "arg":
      return scope.tool?.params.get(node.name)?.type;
    case "argsOf":
      return { kind: "List", of: node.type };
    case "claim":
      return fieldType(scope.program.bundle.identity[node.of], node.name);
    case "variable": {
      const list = scope.lists.get(node.name);
      return list === undefined ? undefined : elementOf(typeOf(list, scope), scope);
    }
    case "list": {
      const [first] = node.items;
      const of = first === undefined ? undefined : typeOf(first, scope);
      return of === undefined ? undefined : { kind: "List", of };
    }
    case "field": {
      const record = resolved(typeOf(node.of, scope), scope);
      return record?.kind === "Record" ? fieldType(record.fields, node.name) : undefined;
    }
    case "member":
      return memberOf(node.type.kind, node.name);
    case "index":
      return elementOf(typeOf(node.of, scope), scope);
    case "param":
      return scope.program.bundle.params.find(({ name }) => name === node.name)?.type;
    case "fact":
      return scope.program.facts.get(node.name)?.result;
    case "result":
      return scope.tool?.tool.result;
    case "sinks": {
      const [first] = scope.tool?.tool.sinks ?? [];
      const type = first === undefined ? undefined : resolved(scope.tool?.params.get(first)?.type, scope);
      return type === undefined || type.kind === "List" ? type : { kind: "List", of: type };
    }
    case "now":
      return { kind: "Time" };
    default:
      return undefined;
  }
}

function fieldType(fields: readonly Field[], name: string): Type | undefined {
  return fields.find((field) => field.name === name)?.type;
}

function resolved(type: Type | undefined, scope: Scope): Type | undefined {
  return type?.kind === "Named" ? scope.program.types.get(type.name) : type;
}

function elementOf(type: Type | undefined, scope: Scope): Type | undefined {
  const list = resolved(type, scope);
  return list?.kind === "List" ? list.of : undefined;
}
