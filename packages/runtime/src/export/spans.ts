import { sha256Hex, type Json } from "@writ/ir";
import { VERSION } from "../version.js";
import { claim, resultOf, type RecordedCall } from "./recorded-call.js";

/** Attributes of a span, by the names of OpenTelemetry's semantic conventions for generative AI where they have one. */
export type SpanAttributes = Readonly<Record<string, string | readonly string[]>>;

/** `execute_tool {gen_ai.tool.name}`, as the conventions name the span of a tool call. */
export function spanName(tool: string): string {
  return `execute_tool ${tool}`;
}

/** What a span says of a call. Neither arguments nor results: a trace goes where the log does not. */
export function spanAttributes(call: {
  readonly tool: string;
  readonly call: string;
  readonly session: string;
  readonly result: string;
  readonly rules: readonly string[];
  readonly policy?: string;
  readonly agent?: string;
}): SpanAttributes {
  return {
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": call.tool,
    "gen_ai.tool.call.id": call.call,
    "gen_ai.conversation.id": call.session,
    ...(call.agent === undefined ? {} : { "gen_ai.agent.id": call.agent }),
    ...(isError(call.result) ? { "error.type": call.result } : {}),
    "writ.result": call.result,
    "writ.rules": call.rules,
    ...(call.policy === undefined ? {} : { "writ.policy.digest": call.policy }),
  };
}

/** Whether a span of such a result has the status error. */
export function isError(result: string): boolean {
  return result !== "done" && result !== "asked" && result !== "waiting" && result !== "paused";
}

/**
 * A call as OTLP/JSON, one `ExportTraceServiceRequest`: what a collector takes over HTTP or from a file. The trace is the
 * session, the span the call; both ids are made from Writ's own, so that the same log gives the same spans.
 * Source: https://opentelemetry.io/docs/specs/otlp/ and the GenAI semantic conventions (in development).
 */
export function toOtlp(call: RecordedCall): Json {
  const { intent, outcome, identity } = call;
  const result = resultOf(call);
  const agent = claim(identity, "agent");
  const attributes = spanAttributes({
    tool: intent.tool,
    call: intent.callId ?? intent.call,
    session: intent.session,
    result,
    rules: intent.reasons.map(({ kind, by }) => `${kind} ${by}`),
    policy: intent.policy,
    ...(agent === undefined ? {} : { agent }),
  });
  const end = outcome?.at ?? intent.at;
  return {
    resourceSpans: [
      {
        resource: { attributes: keyValues({ "service.name": "writ", "service.version": VERSION }) },
        scopeSpans: [
          {
            scope: { name: "@writ/runtime", version: VERSION },
            spans: [
              {
                traceId: sha256Hex(intent.session).slice(0, 32),
                spanId: sha256Hex(`${intent.call}\0${call.seq}`).slice(0, 16),
                name: spanName(intent.tool),
                kind: 1,
                startTimeUnixNano: nanoseconds(intent.at),
                endTimeUnixNano: nanoseconds(end),
                attributes: keyValues(attributes),
                status: isError(result) ? { code: 2, message: result } : { code: 1 },
              },
            ],
          },
        ],
      },
    ],
  };
}

function keyValues(attributes: SpanAttributes): Json {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value:
      typeof value === "string"
        ? { stringValue: value }
        : { arrayValue: { values: value.map((one) => ({ stringValue: one })) } },
  }));
}

/** OTLP/JSON has 64-bit integers as text. */
function nanoseconds(milliseconds: number): string {
  return `${BigInt(Math.trunc(milliseconds)) * 1_000_000n}`;
}
