import type { Streams } from "./streams.js";

/** Formats of `--json`, one document on standard output each. A change that breaks a reader raises the number. */
export type JsonFormat =
  | "writ.check/1"
  | "writ.test/1"
  | "writ.compile/1"
  | "writ.fmt/1"
  | "writ.bench.isolation/1"
  | "writ.doctor/1"
  | "writ.sandbox.build/1"
  | "writ.lock/1"
  | "writ.import/1"
  | "writ.init/1"
  | "writ.audit.verify/1"
  | "writ.audit.proof/1"
  | "writ.audit.prove/1"
  | "writ.audit.show/1"
  | "writ.audit.retain/1"
  | "writ.audit.keygen/1"
  | "writ.audit.doubtful/1"
  | "writ.replay/1"
  | "writ.diff/1"
  | "writ.explain/1"
  | "writ.explain.call/1"
  | "writ.error/1";

/** Writes the one document of `--json`. */
export async function writeJson(streams: Streams, format: JsonFormat, body: object): Promise<void> {
  const text = JSON.stringify({ format, ...body }, undefined, 2);
  await streams.out(`${safeJson(text)}\n`);
}

/**
 * The same JSON, safe for a terminal: JSON escapes control characters below U+0020 by itself, those above and direction
 * and invisible characters are escaped here.
 */
export function safeJson(text: string): string {
  return text.replace(/[\u007F-\u009F\p{Cf}\u2028\u2029]/gu, escape);
}

function escape(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
  ).join("");
}
