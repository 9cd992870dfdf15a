import type { Detector } from "./detector.js";
import { findInjection } from "./injection.js";
import { findKeptSecrets } from "./kept-secrets.js";
import { findNationalIds } from "./national-id.js";
import { findCards, findEmails, findIbans, findPhones } from "./personal.js";
import { findSecrets } from "./secrets.js";

export { useSecretRules } from "./kept-secrets.js";
export { useStandardNumbers } from "./national-id.js";

/** The detectors in the box by name. */
export const BOX: ReadonlyMap<string, Detector> = new Map<string, Detector>([
  ["secrets", (text) => [...findSecrets(text), ...findKeptSecrets(text)]],
  ["cards", findCards],
  ["iban", findIbans],
  ["email", findEmails],
  ["phone", findPhones],
  ["injection", findInjection],
  ["national_id", findNationalIds],
]);
