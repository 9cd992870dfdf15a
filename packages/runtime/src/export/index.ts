/** What other systems take of a log: OpenTelemetry, OCSF, CSV. */
export { CSV_HEAD, toCsv } from "./csv.js";
export { OCSF_VERSION, toOcsf } from "./ocsf.js";
export { otelObserver, type Span, type Tracer } from "./otel-observer.js";
export { recordedCalls, resultOf, type Entry, type RecordedCall } from "./recorded-call.js";
export { toOtlp } from "./spans.js";
