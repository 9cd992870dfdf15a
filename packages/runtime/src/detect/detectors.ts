import type { Detector, Finding } from "./detector.js";

/** How long a detector may take, in milliseconds. */
const TIMEOUT = 5000;
/** Longer texts are looked at in no detector: that is unavailable, not clean. */
const MAX_TEXT = 2 * 1024 * 1024;

type Named = readonly [name: string, detector: Detector];

/** The detectors of a guard by name. */
export class Detectors {
  readonly #byName: ReadonlyMap<string, Detector>;
  readonly #own: Named | undefined;

  constructor(byName: ReadonlyMap<string, Detector>, own?: Named) {
    this.#byName = byName;
    this.#own = own;
  }

  /** The same with some added or replaced. */
  with(more: Iterable<Named>): Detectors {
    return new Detectors(new Map([...this.#byName, ...(this.#own === undefined ? [] : [this.#own]), ...more]));
  }

  /** The same with one that a session has for itself: the others are not copied for every session. */
  withOwn(name: string, detector: Detector): Detectors {
    return this.#own === undefined ? new Detectors(this.#byName, [name, detector]) : this.with([[name, detector]]);
  }

  has(name: string): boolean {
    return this.#of(name) !== undefined;
  }

  #of(name: string): Detector | undefined {
    return this.#own?.[0] === name ? this.#own[1] : this.#byName.get(name);
  }

  /** What a detector finds, in order; undefined where it is unavailable: not there, failed, late, or not to be believed. */
  find(name: string, text: string): readonly Finding[] | undefined | Promise<readonly Finding[] | undefined> {
    const detector = this.#of(name);
    if (detector === undefined || text.length > MAX_TEXT) return undefined;
    try {
      const found = detector(text);
      return found instanceof Promise ? inTime(found, text) : checked(found, text);
    } catch {
      return undefined;
    }
  }
}

async function inTime(found: Promise<readonly Finding[]>, text: string): Promise<readonly Finding[] | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), TIMEOUT);
  });
  try {
    const answer = await Promise.race([found, late]);
    return answer === undefined ? undefined : checked(answer, text);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** What a detector says is held to its shape: an offset out of the text would redact the wrong thing. */
function checked(found: unknown, text: string): readonly Finding[] | undefined {
  if (!Array.isArray(found)) return undefined;
  const list: readonly unknown[] = found;
  const out: Finding[] = [];
  for (const one of list) {
    if (!isFinding(one, text.length)) return undefined;
    out.push({ kind: one.kind, start: one.start, end: one.end, confidence: one.confidence });
  }
  return out.toSorted((a, b) => a.start - b.start || b.end - a.end);
}

function isFinding(value: unknown, length: number): value is Finding {
  if (typeof value !== "object" || value === null) return false;
  const { kind, start, end, confidence }: { kind?: unknown; start?: unknown; end?: unknown; confidence?: unknown } =
    value;
  return (
    typeof kind === "string" &&
    typeof confidence === "number" &&
    Number.isInteger(start) &&
    Number.isInteger(end) &&
    typeof start === "number" &&
    typeof end === "number" &&
    start >= 0 &&
    start < end &&
    end <= length
  );
}
