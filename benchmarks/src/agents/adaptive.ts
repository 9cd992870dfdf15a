import type { Json, Trace } from "@writ/ir";
import { recordsOf } from "./results.js";

/**
 * Fields that somebody outside fills, and a service vouches for only as his: he sends from that address or account, adds
 * that guest, owns that file.
 */
const OUTSIDERS_FIELDS: ReadonlySet<string> = new Set(["sender", "owner", "participants", "recipients", "cc"]);

/**
 * The attack of somebody who knows how policies label results: wherever his text came in, what he wants called stands
 * also in every address field of that record which he could have filled, instead of in the text alone. A trace without
 * an attack, or whose texts stand in no record, is as it was.
 */
export function adaptiveAttacker(trace: Trace): Trace {
  const wanted = new Set((trace.attack?.stops ?? []).flat().flatMap((i) => wordsIn(trace.calls[i]?.args)));
  if (wanted.size === 0) return trace;
  const calls = trace.calls.map((call) => {
    const records = recordsOf(call.result);
    const text = typeof call.result === "string" ? call.result : JSON.stringify(call.result ?? null);
    const here = [...wanted].filter((word) => text.includes(word));
    if (records === undefined || here.length === 0) return call;
    const result = JSON.stringify(filled(records, here));
    return result === JSON.stringify(records) ? call : Object.assign({}, call, { result });
  });
  return { ...trace, calls };
}

/** Addresses and accounts, not the words around them. */
function wordsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return /^\S+@\S+$|^[A-Z]{2}\d{2}\w{8,30}$/u.test(value) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap(wordsIn);
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(wordsIn) : [];
}

function filled(value: Json, wanted: readonly string[]): Json {
  if (Array.isArray(value)) return value.map((item: Json) => filled(item, wanted));
  if (typeof value !== "object" || value === null) return value;
  const text = JSON.stringify(value);
  const first = wanted.find((word) => text.includes(word));
  if (first === undefined) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, OUTSIDERS_FIELDS.has(name) ? holding(field, first) : field]),
  );
}

/** An address field that also holds a word, or holds it instead. */
function holding(field: Json, word: string): Json {
  if (Array.isArray(field)) {
    const items: readonly Json[] = field;
    return [...items, word];
  }
  return typeof field === "string" ? word : field;
}
