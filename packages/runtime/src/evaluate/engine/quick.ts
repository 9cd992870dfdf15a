import type { Json, Type } from "@writ/ir";
import { isPlainHost, isPlainId, isPlainLine, isPlainPath } from "@writ/ir/values";
import {
  mostOf,
  READ_BOOL,
  READ_DECIMAL,
  READ_ENUM,
  READ_HOST,
  READ_ID,
  READ_INT,
  READ_LINE,
  READ_PATH,
  READ_TEXT,
} from "./slots.js";

/**
 * A scalar that is canonical as it came, by its looks; undefined says nothing, and the reader of its type has to look.
 * A decimal is given as the double that names it, which no evaluator of trees may be handed.
 */
export function quick(kind: number, type: Type, input: Json | undefined): string | number | boolean | undefined {
  switch (kind) {
    case READ_TEXT:
      return typeof input === "string" && input.isWellFormed() && input.length <= mostOf(type) ? input : undefined;
    case READ_LINE:
      return typeof input === "string" && isPlainLine(input, mostOf(type)) ? input : undefined;
    case READ_ID:
      return typeof input === "string" && isPlainId(input) ? input : undefined;
    case READ_PATH:
      return typeof input === "string" && isPlainPath(input) ? input : undefined;
    case READ_HOST:
      return typeof input === "string" && isPlainHost(input) ? input : undefined;
    case READ_ENUM:
      return typeof input === "string" && type.kind === "Enum" && type.values.includes(input) ? input : undefined;
    case READ_BOOL:
      return typeof input === "boolean" ? input : undefined;
    case READ_INT:
      return typeof input === "number" && Number.isSafeInteger(input) ? input + 0 : undefined;
    case READ_DECIMAL:
      return typeof input === "number" && isPlainDecimal(input) ? input + 0 : undefined;
    default:
      return undefined;
  }
}

/** Written without an exponent, with no more digits than a decimal may have. */
function isPlainDecimal(input: number): boolean {
  const size = Math.abs(input);
  return size === 0 || (size >= 1e-6 && size < 1e15);
}
