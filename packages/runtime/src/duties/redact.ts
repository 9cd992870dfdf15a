import type { Json } from "@writ/ir";
import type { Finding } from "../detect/detector.js";
import { mapTexts } from "./json-path.js";

/** Asks detectors; undefined where one is unavailable. */
export interface Findings {
  findings(detector: string, text: string): readonly Finding[] | undefined;
}

/** A detector that has to act is unavailable. */
export class Unavailable extends Error {
  readonly detector: string;

  constructor(detector: string) {
    super(`the detector ${detector} is unavailable`);
    this.detector = detector;
  }
}

/**
 * A value with what the detectors find in its texts taken out: `[redacted card]`. In a result that is also a number; an
 * argument that is a number stays one, as its type wants. Throws {@link Unavailable}.
 */
export function redact(value: Json, detectors: readonly string[], ask: Findings, of: "argument" | "result"): Json {
  return mapTexts(
    value,
    (text) => {
      const found = detectors.flatMap((name) => asked(ask, name, text));
      return found.length === 0 ? text : without(text, found);
    },
    of === "result",
  );
}

/** The kinds that detectors find in a value's texts. Throws {@link Unavailable}. */
export function scan(value: Json, detectors: readonly string[], ask: Findings): ReadonlySet<string> {
  const kinds = new Set<string>();
  const look = (text: string): string => {
    for (const name of detectors) for (const { kind } of asked(ask, name, text)) kinds.add(`${name}: ${kind}`);
    return text;
  };
  mapTexts(value, look, true);
  return kinds;
}

function asked(ask: Findings, name: string, text: string): readonly Finding[] {
  const found = ask.findings(name, text);
  if (found === undefined) throw new Unavailable(name);
  return found;
}

/** Overlapping findings are taken out together. */
function without(text: string, found: readonly Finding[]): string {
  let out = "";
  let at = 0;
  for (const { kind, start, end } of found.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (end <= at) continue;
    out += start < at ? "" : `${text.slice(at, start)}[redacted ${kind.replaceAll("_", " ")}]`;
    at = end;
  }
  return out + text.slice(at);
}
