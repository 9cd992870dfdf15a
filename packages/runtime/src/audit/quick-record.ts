import { isolation, fitted, type EncodedRecord } from "./encode-record.js";
import { duration, integer, text, type Encode } from "./record-fields.js";
import type { IntentRecord } from "./record.js";

/** An intent of a call that is allowed, by itself and without approval: what nearly every intent is. */
export interface QuickIntent {
  readonly at: number;
  readonly session: string;
  readonly call: string;
  readonly callId: string | undefined;
  readonly tool: string;
  /** Digest of the arguments. */
  readonly digest: string;
  /** What of them is shown, canonical JSON of a value within the bounds of a record. */
  readonly masked: string;
  /** The reasons, canonical JSON of each, as `reason` encodes it. */
  readonly reasons: readonly string[];
  readonly policy: string;
  readonly isolation: NonNullable<IntentRecord["isolation"]>;
}

/** An outcome of a call that ran and gave a result. */
export interface QuickOutcome {
  readonly at: number;
  readonly session: string;
  readonly call: string;
  readonly tool: string;
  readonly ms: number;
  /** Digest of the result; undefined where it is none that can be told. */
  readonly digest: string | undefined;
  readonly labels: readonly string[];
}

/** Encodes a member, and keeps what it was the last time: sessions, tools and digests come again and again. */
function remembering(encode: Encode): (value: string) => string {
  let last: string | undefined;
  let written = "";
  return (value) => {
    if (value === last) return written;
    const made = encode(value);
    if (value.length <= MAX_REMEMBERED) [last, written] = [value, made];
    return made;
  };
}

const MAX_REMEMBERED = 128;
const id = text(1, 1024);
const given = text(0, 1024);
const session = remembering(id);
const policy = remembering(id);
const tool = remembering(given);
const MAX_REASONS = 1000;
const MAX_LABELS = 1000;

/**
 * What `encodeRecord` makes of such an intent, byte for byte, with the same checks; a member that it refuses throws a
 * `RecordFault` here, and the caller takes the long way to say so.
 */
export function quickIntent(made: QuickIntent): EncodedRecord | undefined {
  const { reasons } = made;
  if (reasons.length > MAX_REASONS) return undefined;
  const callId = made.callId === undefined ? "" : `,"callId":${given(made.callId)}`;
  return fitted(
    `"args":{"digest":${id(made.digest)},"masked":${made.masked}},"at":${integer(made.at)},"call":${id(made.call)}${callId},"effect":"allow","isolation":${isolation(made.isolation)},"policy":${policy(made.policy)}`,
    `"reasons":[${reasons.length === 1 ? (reasons[0] ?? "") : reasons.join(",")}]`,
    `"session":${session(made.session)},"tool":${tool(made.tool)},"type":"intent"`,
  );
}

/** The same for an outcome. */
export function quickOutcome(made: QuickOutcome): EncodedRecord | undefined {
  const { labels, digest } = made;
  if (labels.length > MAX_LABELS) return undefined;
  const listed = labels.length === 0 ? "" : `"labels":[${labels.map(id).join(",")}],`;
  return fitted(
    `"at":${integer(made.at)},"call":${id(made.call)},${listed}"ms":${duration(made.ms)}`,
    digest === undefined ? "" : `"result":{"digest":${id(digest)}}`,
    `"session":${session(made.session)},"status":"done","tool":${tool(made.tool)},"type":"outcome"`,
  );
}
