import { canaryDetector, canaryOf } from "./canary.js";
import { Detectors } from "./detectors.js";
import { findInjection } from "./injection.js";
import { findCards, findEmails, findIbans, findPhones } from "./personal.js";
import { findSecrets } from "./secrets.js";

/** The detectors in the box. A `canary` is each session's own: {@link forSession} adds it. */
export function builtinDetectors(): Detectors {
  return new Detectors(
    new Map([
      ["secrets", findSecrets],
      ["cards", findCards],
      ["iban", findIbans],
      ["email", findEmails],
      ["phone", findPhones],
      ["injection", findInjection],
    ]),
  );
}

/** The same with the canary of one session. */
export function forSession(detectors: Detectors, session: string): Detectors {
  return detectors.has("canary") ? detectors : detectors.with([["canary", canaryDetector(canaryOf(session))]]);
}
