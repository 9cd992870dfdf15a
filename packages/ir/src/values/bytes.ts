import { failed, same, type Reading } from "./value.js";

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** `Bytes`: base64 with padding (RFC 4648 section 4); unused bits must be zero, so that bytes have one spelling. */
export function readBytes(input: string, path: string): Reading {
  if (!BASE64.test(input)) return failed(path, "bytes", "expected base64 with padding");
  const tail = input.replace(/=+$/, "").length % 4;
  const last = input.replace(/=+$/, "").at(-1);
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const unused = tail === 2 ? 15 : tail === 3 ? 3 : 0;
  if (last !== undefined && (alphabet.indexOf(last) & unused) !== 0)
    return failed(path, "bytes", "expected canonical base64");
  return same(input);
}

/** How many bytes a canonical base64 text stands for. */
export function byteLength(base64: string): number {
  return (base64.length / 4) * 3 - (base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0);
}
