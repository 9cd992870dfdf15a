import type { Bundle, Span } from "@writ/ir";
import type { SourcePlace } from "./policy-tester-report.js";

/** Where a span of a bundle points, for people. */
export function placeOf(bundle: Pick<Bundle, "sources">, span: Span): SourcePlace {
  return { file: bundle.sources[span[0]]?.name ?? "?", line: span[3], column: span[4] };
}
