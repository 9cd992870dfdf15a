import type { Json, Type } from "@writ/ir";
import { followLets } from "../semantics/infer/lets.js";
import { expand, say, type Inference, type Scope } from "../semantics/infer/scope.js";
import { sizeOf } from "../semantics/vocabulary.js";
import type { Expr } from "../syntax/ast.js";

/**
 * A literal as the JSON a model would send. It is not read as its type here: a test may mean not to fit. The type
 * only says how a number is written where JSON's numbers would not hold it.
 */
export function literalJson(
  inference: Inference,
  expr: Expr,
  scope: Scope,
  type: Type | undefined,
): { readonly value: Json } | undefined {
  const expansion = followLets(inference, expr, scope);
  if (expansion === undefined) return undefined;
  const { expr: literal, scope: from } = expansion;
  const expected = type === undefined ? undefined : expand(type, inference.types);
  scope.budget.left -= 1;
  if (scope.budget.left < 0) return say(inference, from, "E129", literal.at, { what: "this value", number: 100_000 });
  switch (literal.kind) {
    case "text":
      return { value: literal.value };
    case "bool":
      return { value: literal.value };
    case "number":
      return number(literal.text, expected);
    case "negate":
      return literal.of.kind === "number" ? number(`-${literal.of.text}`, expected) : none(inference, literal, from);
    case "money":
      return { value: { amount: numeric(literal.amount), currency: literal.currency } };
    case "duration":
    case "instant":
      return { value: literal.text };
    case "size": {
      const bytes = sizeOf(literal.text);
      return bytes === undefined
        ? say(inference, from, "E127", literal.at, { what: "a size", reason: "too large" })
        : { value: bytes };
    }
    case "list": {
      const items: Json[] = [];
      for (const item of literal.items) {
        const json = literalJson(inference, item, from, expected?.kind === "List" ? expected.of : undefined);
        if (json === undefined) return undefined;
        items.push(json.value);
      }
      return { value: items };
    }
    case "record": {
      const fields = new Map<string, Json>();
      for (const { name, value } of literal.entries) {
        if (fields.has(name.text)) return say(inference, from, "E120", name.at, { what: "field", name: name.text });
        const field = expected?.kind === "Record" ? expected.fields.find((one) => one.name === name.text) : undefined;
        const json = literalJson(inference, value, from, field?.type);
        if (json === undefined) return undefined;
        fields.set(name.text, json.value);
      }
      return { value: Object.fromEntries(fields) };
    }
    case "handle":
      // A text that is exactly a handle names the result; whether there is one is for the caller to check.
      return { value: `$${literal.index}` };
    default:
      return none(inference, literal, from);
  }
}

function none(inference: Inference, expr: Expr, scope: Scope): undefined {
  return say(inference, scope, "E138", expr.at, {
    reason: "a test gives values as literals",
    expected: "write the value itself, or a let that is one",
  });
}

function number(text: string, type: Type | undefined): { readonly value: Json } {
  return { value: type?.kind === "Decimal" ? numeric(text) : Number(text) };
}

/** A number where JSON's number is that number again, else its text. */
function numeric(text: string): Json {
  const value = Number(text);
  const plain = text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  return String(value) === plain ? value : text;
}
