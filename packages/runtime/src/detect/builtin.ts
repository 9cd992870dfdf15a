import { Detectors } from "./detectors.js";

/** The detectors in the box. */
export function builtinDetectors(): Detectors {
  return new Detectors(new Map());
}
