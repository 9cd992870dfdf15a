import type { Finding } from "./detector.js";

/** A kind of thing that a pattern finds; `check` says whether a match is one, and how sure. */
export interface Rule {
  readonly kind: string;
  /** Global; each quantifier bounded, so that no text takes long. */
  readonly pattern: RegExp;
  readonly confidence: number;
  readonly check?: (found: string) => boolean;
}

/** Further findings in one text are not listed: what acts on a finding acts on the first. */
const MAX_FINDINGS = 10_000;

/** Everything that the rules find, where the first group of a pattern is what was found, if it has one. */
export function findBy(rules: readonly Rule[], text: string): readonly Finding[] {
  const out: Finding[] = [];
  for (const { kind, pattern, confidence, check } of rules) {
    for (const match of text.matchAll(pattern)) {
      const found = match[1] ?? match[0];
      if (found === "" || (check !== undefined && !check(found))) continue;
      const start = match.index + match[0].indexOf(found);
      out.push({ kind, start, end: start + found.length, confidence });
      if (out.length > MAX_FINDINGS) throw new RangeError("more findings than can be listed");
    }
  }
  return out;
}
