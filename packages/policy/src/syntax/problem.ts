import type { Place } from "../source/place.js";
import type { Code, Details } from "../diagnostics/catalog.js";

/** Something wrong with the text of one file, found before its names mean anything. */
export interface Problem {
  readonly code: Code;
  readonly at: Place;
  readonly details: Details;
}
