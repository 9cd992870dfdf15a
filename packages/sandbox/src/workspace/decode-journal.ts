import { isReserved } from "./reserved.js";
import type { Journal, Step } from "./journal.js";

/** A journal as it was written; undefined where the text is none. */
export function decodeJournal(text: string): Journal | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const [version, root, stage, state, given] = ["version", "root", "stage", "state", "steps"].map((key) =>
    member(parsed, key),
  );
  if (version !== 1 || typeof root !== "string" || typeof stage !== "string" || !isReserved(stage)) return undefined;
  if (stage.includes("/") || !Array.isArray(given)) return undefined;
  if (state !== "staging" && state !== "forward" && state !== "back" && state !== "done") return undefined;
  const steps: Step[] = [];
  for (const one of given) {
    const step = decodeStep(one);
    if (step === undefined) return undefined;
    steps.push(step);
  }
  return { version, root, stage, state, steps };
}

function decodeStep(given: unknown): Step | undefined {
  const path = member(given, "path");
  const what = member(given, "do");
  if (typeof path !== "string" || path === "" || path.startsWith("/")) return undefined;
  const number = (key: string): number => {
    const value = member(given, key);
    return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : Number.NaN;
  };
  const numbers = (...keys: readonly string[]): boolean => keys.every((key) => !Number.isNaN(number(key)));
  switch (what) {
    case "take":
      return numbers("n") ? { do: what, path, n: number("n") } : undefined;
    case "rmdir":
      return numbers("mode") ? { do: what, path, mode: number("mode") } : undefined;
    case "mkdir":
      return { do: what, path };
    case "chmod":
      return numbers("from", "to") ? { do: what, path, from: number("from"), to: number("to") } : undefined;
    case "put": {
      const replaces = member(given, "replaces");
      const digest = member(given, "digest");
      if (!numbers("n") || typeof replaces !== "boolean") return undefined;
      if (digest !== undefined && typeof digest !== "string") return undefined;
      return { do: what, path, n: number("n"), replaces, digest };
    }
    default:
      return undefined;
  }
}

function member(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  const found: unknown = Reflect.get(value, key);
  return found;
}
