import type { Streams } from "./streams.js";

/** Formats of `--json`, one document on standard output each. A change that breaks a reader raises the number. */
export type JsonFormat =
  | "writ.check/1"
  | "writ.test/1"
  | "writ.compile/1"
  | "writ.audit.verify/1"
  | "writ.explain/1"
  | "writ.error/1";

/** Writes the one document of `--json`. JSON escapes control characters below U+0020; the others are escaped here. */
export async function writeJson(streams: Streams, format: JsonFormat, body: object): Promise<void> {
  const text = JSON.stringify({ format, ...body }, undefined, 2);
  await streams.out(`${text.replace(/[\u007F-\u009F\p{Cf}\u2028\u2029]/gu, escape)}\n`);
}

function escape(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
  ).join("");
}
