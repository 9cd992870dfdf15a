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
    case READ_LINE:
    case READ_ID:
    case READ_PATH:
    case READ_HOST:
      return typeof input === "string" && isPlain(kind, mostOf(type), input) ? input : undefined;
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

/** Whether a text is canonical by its looks; what is not, its reader has to look at. */
export function isPlain(kind: number, most: number, text: string): boolean {
  switch (kind) {
    case READ_ID:
      return isPlainId(text);
    case READ_LINE:
      return isPlainLine(text, most);
    case READ_PATH:
      return isPlainPath(text);
    case READ_HOST:
      return isPlainHost(text);
    case READ_TEXT:
      return text.length <= most && text.isWellFormed();
    default:
      return false;
  }
}

/** Written without an exponent, with no more digits than a decimal may have. */
function isPlainDecimal(input: number): boolean {
  const size = Math.abs(input);
  return size === 0 || (size >= 1e-6 && size < 1e15);
}
