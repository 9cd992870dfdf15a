import { canaryDetector, canaryOf } from "./canary.js";
import type { Detector } from "./detector.js";
import { Detectors } from "./detectors.js";
import { GuardError } from "../errors.js";
import { findInjection } from "./injection.js";
import { findKeptSecrets } from "./kept-secrets.js";
import { loadDetectorLibraries } from "./libraries.js";
import { findNationalIds } from "./national-id.js";
import { findCards, findEmails, findIbans, findPhones } from "./personal.js";
import { findSecrets } from "./secrets.js";

/**
 * The detectors in the box. `secrets` and `national_id` need libraries that `loadProgram` loads where a policy names them;
 * without them they are unavailable. A `canary` is each session's own: {@link forSession} adds it.
 */
export function builtinDetectors(): Detectors {
  return new Detectors(BOX);
}

const BOX: ReadonlyMap<string, Detector> = new Map<string, Detector>([
  ["secrets", (text) => [...findSecrets(text), ...findKeptSecrets(text)]],
  ["cards", findCards],
  ["iban", findIbans],
  ["email", findEmails],
  ["phone", findPhones],
  ["injection", findInjection],
  ["national_id", findNationalIds],
]);

/** The same with the canary of one session. */
export function forSession(detectors: Detectors, session: string): Detectors {
  return detectors.has("canary") ? detectors : detectors.with([["canary", canaryDetector(canaryOf(session))]]);
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
