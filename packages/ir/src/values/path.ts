import { failed, same, type Reading } from "./value.js";

const CONTROL = /\p{Cc}/u;
// Characters that other normal forms or file systems fold into `.`, `/` or `\`.
const LOOKALIKE = /[\u2024\u2025\u2026\u2044\u2215\u29F8\uFE52\uFF0E\uFF0F\uFF3C\u29F5\uFE68]/u;

// Overlong UTF-8: `%c0%ae` is a dot to a decoder that does not look, and stands in no text of UTF-8.
const OVERLONG = /%c[01]|%e0%[89]|%f0%8/i;
const ESCAPES = /%u[0-9a-f]{4}|(?:%[0-9a-f]{2})+/gi;
const MAX_ENCODINGS = 4;

/**
 * Whether a text holds a dot, separator or control character that is percent-encoded: once or several times, in UTF-8,
 * overlong or as `%u002e`. Software below may decode it, and then a segment is another than the one that was checked.
 */
function hidesSeparator(text: string): boolean {
  let encoded = text;
  for (let times = 0; times < MAX_ENCODINGS; times += 1) {
    if (OVERLONG.test(encoded)) return true;
    let hidden = false;
    const decoded = encoded.replace(ESCAPES, (escapes) => {
      const plain = decodeEscapes(escapes);
      hidden ||= /[./\\]/.test(plain) || CONTROL.test(plain) || LOOKALIKE.test(plain);
      return plain;
    });
    if (hidden) return true;
    if (decoded === encoded) return false;
    encoded = decoded;
  }
  return true;
}

function decodeEscapes(escapes: string): string {
  if (/^%u/i.test(escapes)) return String.fromCharCode(Number.parseInt(escapes.slice(2), 16));
  return new TextDecoder().decode(Uint8Array.from(escapes.slice(1).split("%"), (byte) => Number.parseInt(byte, 16)));
}

/**
 * `Path`: an absolute POSIX path with dot segments resolved, in Unicode normal form C. A relative path, a NUL or
 * control character, a backslash, an encoded dot or separator (however often) and a look-alike of one are faults: what they mean
 * depends on who reads them. Symbolic links are not resolved here; that takes the file system, at enforcement.
 */
export function readPath(input: string, path: string): Reading {
  const text = input.normalize("NFC");
  if (text.length > 4096) return failed(path, "too_long", "a path has at most 4096 characters");
  if (CONTROL.test(text)) return failed(path, "path", "a path holds no control characters");
  if (text.includes("\\")) return failed(path, "path", "a path holds no backslash; separators are /");
  if (text.includes("%") && hidesSeparator(text))
    return failed(path, "path", "a path holds no encoded dot, separator or NUL");
  if (LOOKALIKE.test(text)) return failed(path, "path", "a path holds no look-alike of a dot or separator");
  if (!text.startsWith("/")) return failed(path, "path", "a path is absolute: it starts with /");
  const out: string[] = [];
  for (const segment of text.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment === "..") out.pop();
    else out.push(segment);
  }
  return same(`/${out.join("/")}`);
}

const SLASH = 0x2f;

/** Whether a canonical path is another canonical path or lies below it. */
export function isUnder(inner: string, outer: string): boolean {
  if (outer === "/") return true;
  // No text is put together for it, and what ends elsewhere is not compared: it is asked in every decision.
  const { length } = outer;
  if (inner.length < length || (inner.length > length && inner.charCodeAt(length) !== SLASH)) return false;
  return inner.startsWith(outer);
}

/** The folder a canonical path stands in; `/` for the root itself. */
export function directory(path: string): string {
  const at = path.lastIndexOf("/");
  return at <= 0 ? "/" : path.slice(0, at);
}

/** The last segment of a canonical path. */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The extension without its dot, empty where there is none: `ts` of `/a/b.ts`, nothing of `/a/.env`. */
export function extension(path: string): string {
  const name = fileName(path);
  const at = name.lastIndexOf(".");
  return at <= 0 ? "" : name.slice(at + 1);
}
