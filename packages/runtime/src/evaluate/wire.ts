import type { Json, Type } from "@writ/ir";
import {
  Command,
  CURRENCIES,
  Decimal,
  formatDuration,
  formatTime,
  isListValue,
  Money,
  Opaque,
  Sql,
  Word,
  type NamedTypes,
  type Value,
} from "@writ/ir/values";

/** A canonical value as canonical JSON, as `readValue` would give it: for what the runtime itself hands on. */
export function wireOf(value: Value, type: Type | undefined, types: NamedTypes): Json {
  if (type?.kind === "Named") return wireOf(value, types.get(type.name), types);
  if (value instanceof Money)
    return {
      amount: Number(new Decimal(value.minor, CURRENCIES.get(value.currency) ?? 0).toString()),
      currency: value.currency,
    };
  if (value instanceof Decimal) return value.toString();
  if (value instanceof Opaque) return value.json;
  if (value instanceof Command || value instanceof Sql || value instanceof Word) return value.text;
  if (isListValue(value)) return value.map((item) => wireOf(item, type?.kind === "List" ? type.of : undefined, types));
  if (typeof value === "object") {
    const fields = type?.kind === "Record" ? type.fields : [];
    return Object.fromEntries(
      [...value].map(([name, inner]) => [
        name,
        wireOf(inner, fields.find((field) => field.name === name)?.type, types),
      ]),
    );
  }
  if (typeof value === "number" && type?.kind === "Time") return formatTime(value);
  if (typeof value === "number" && type?.kind === "Duration") return formatDuration(value);
  return value;
}
