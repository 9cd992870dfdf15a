import type { Statement } from "./read-sql.js";

/** Puts a limit into a text, at a place counted in UTF-8 bytes or behind the statement; undefined where no number or word stands there. */
export function limitBytes(text: string, statement: Statement, location: unknown, limit: number): string | undefined {
  const bytes = new TextEncoder().encode(text);
  const cut = (from: number, to?: number): string =>
    new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(from, to));
  if (typeof location === "number") {
    if (location < 0) return undefined;
    const rest = cut(location);
    const written = /^(?:\d[\w]*|ALL\b|NULL\b)/i.exec(rest)?.[0];
    return written === undefined ? undefined : `${cut(0, location)}${limit}${rest.slice(written.length)}`;
  }
  const end = statement.length === undefined ? bytes.length : statement.start + statement.length;
  // On a line of its own: the statement may end in a comment.
  return `${cut(0, end)}\nLIMIT ${limit}${cut(end)}`;
}
