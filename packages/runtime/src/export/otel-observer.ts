import type { Observed, Observer } from "../observe.js";
import { isError, spanAttributes, spanName, type SpanAttributes } from "./spans.js";

/** A tracer of `@opentelemetry/api`, as far as it is used here: `trace.getTracer("writ")` is one. */
export interface Tracer {
  startSpan(
    name: string,
    options: { readonly startTime: number; readonly kind: number; readonly attributes: SpanAttributes },
  ): Span;
}

export interface Span {
  setStatus(status: { readonly code: number; readonly message?: string }): unknown;
  end(endTime: number): void;
}

const INTERNAL = 0;
const [OK, ERROR] = [1, 2];

/**
 * Tells OpenTelemetry of every call: `createGuard({ observe: otelObserver(trace.getTracer("writ")) })`. A span is made when
 * the call has its outcome, beside the span that is active then; arguments and results are not in it. It only listens: what
 * a tracer throws or how long it takes decides nothing.
 */
export function otelObserver(tracer: Tracer): Observer {
  return ({ session, tool, outcome, ms }: Observed) => {
    const result = outcome.status === "failed" || outcome.status === "refused" ? outcome.cause : outcome.status;
    const end = Date.now();
    const span = tracer.startSpan(spanName(tool), {
      startTime: end - ms,
      kind: INTERNAL,
      attributes: spanAttributes({
        tool: tool,
        call: outcome.call,
        session,
        result,
        rules: outcome.decision.reasons.map(({ kind, by }) => `${kind} ${by}`),
      }),
    });
    span.setStatus(isError(result) ? { code: ERROR, message: result } : { code: OK });
    span.end(end);
  };
}
