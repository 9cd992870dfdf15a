import type { Code, Details } from "../diagnostics/catalog.js";

/** The most bytes of one file. */
export const MAX_FILE_BYTES = 4 * 1024 * 1024;

export type DecodedText =
  | { readonly ok: true; readonly text: string; readonly bytes: number }
  | { readonly ok: false; readonly code: Code; readonly details: Details };

/** Bytes to text: UTF-8 without a byte-order mark, without control characters, of bounded size. */
export function decodeText(content: string | Uint8Array): DecodedText {
  const bytes = content.length;
  if (bytes > MAX_FILE_BYTES) return { ok: false, code: "E001", details: { number: MAX_FILE_BYTES / 1024 / 1024 } };
  let text: string;
  if (typeof content === "string") {
    if (!content.isWellFormed()) return { ok: false, code: "E002", details: { number: 0 } };
    text = content;
  } else {
    try {
      text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(content);
    } catch {
      if (content.includes(0)) return { ok: false, code: "E003", details: {} };
      return { ok: false, code: "E002", details: { number: firstBadByte(content) } };
    }
  }
  // A byte-order mark is not part of the text; editors on Windows still write one.
  if (text.startsWith("\ufeff")) text = text.slice(1);
  const code = findControl(text);
  if (code !== undefined) {
    return {
      ok: false,
      code: "E003",
      details: {
        reason:
          code === 0
            ? "it holds a NUL character"
            : `it holds the control character U+${code.toString(16).toUpperCase().padStart(4, "0")}`,
      },
    };
  }
  return { ok: true, text, bytes };
}

/** The first control character that is no tab and no end of a line. */
function findControl(text: string): number | undefined {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 127 || (code < 32 && code !== 9 && code !== 10 && code !== 13)) return code;
  }
  return undefined;
}

/** Decoding ever shorter beginnings finds the first byte that cannot be read. */
function firstBadByte(content: Uint8Array): number {
  let low = 0;
  let high = content.length;
  const decodes = (length: number): boolean => {
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(content.subarray(0, length), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (decodes(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
