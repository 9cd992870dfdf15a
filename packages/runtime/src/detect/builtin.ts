import { canaryDetector, canaryOf } from "./canary.js";
import type { Detector } from "./detector.js";
import { Detectors } from "./detectors.js";
import { GuardError } from "../errors.js";
import { boxed, loadDetectorLibraries } from "./libraries.js";

/**
 * The detectors in the box. `loadProgram` loads those that a policy names, with the libraries that `secrets` and
 * `national_id` need; one that is not loaded is unavailable. A `canary` is each session's own: {@link forSession} adds it.
 */
export function builtinDetectors(): Detectors {
  return new Detectors(BOX);
}

/** Their names. What they are is read only where a policy names one of them. */
const NAMES: readonly string[] = ["secrets", "cards", "iban", "email", "phone", "injection", "national_id"];
const BOX: ReadonlyMap<string, Detector> = new Map(NAMES.map((name) => [name, boxed(name)]));

/** The same with the canary of one session. */
export function forSession(detectors: Detectors, session: string): Detectors {
  if (detectors.has("canary")) return detectors;
  let own: Detector | undefined;
  // Most sessions never ask.
  return detectors.withOwn("canary", (text) => (own ??= canaryDetector(canaryOf(session)))(text));
}

/**
 * A detector in the box by its name (`secrets`, `cards`, `iban`, `email`, `phone`, `national_id`, `injection`), for a host
 * that adds to it: `createGuard({ detectors: { injection: async (text) => [...(await own(text)), ...box(text)] } })`.
 * Throws a {@link GuardError} `misuse` where there is none of that name; rejects where its library cannot be loaded.
 */
export async function loadDetector(name: string): Promise<Detector> {
  const detector = BOX.get(name);
  if (detector === undefined)
    throw new GuardError(
      "misuse",
      `there is no detector ${JSON.stringify(name)} in the box: ${[...BOX.keys()].join(", ")}`,
    );
  await loadDetectorLibraries(new Set([name]));
  await detector("");
  return detector;
}
