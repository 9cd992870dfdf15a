import { isolation, fitted, type EncodedRecord } from "./encode-record.js";
import { duration, integer, text } from "./record-fields.js";
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
function remembering(encode: (value: string) => string): (value: string) => string {
  let last: string | undefined;
  let written = "";
  return (value) => {
    if (value === last) return written;
    const made = encode(value);
    if (value.length <= MAX_REMEMBERED) {
      last = value;
      written = made;
    }
    return made;
  };
}

/** The same for a time: most calls of a millisecond come together. */
function rememberingTime(): (value: number) => string {
  let last = -1;
  let written = "";
  return (value) => {
    if (value === last) return written;
    written = integer(value);
    last = value;
    return written;
  };
}

/** Durations of less than a millisecond, in whole microseconds, as they are written: writing a fraction takes long. */
const durations: string[] = [];

function quickDuration(ms: number): string {
  const microseconds = Math.round(ms * 1000);
  if (!(microseconds >= 0 && microseconds < 1000) || microseconds / 1000 !== ms) return duration(ms);
  return (durations[microseconds] ??= duration(ms));
}

const MAX_REMEMBERED = 128;
const id = text(1, 1024);
const given = text(0, 1024);
const session = remembering(id);
const policy = remembering(id);
const tool = remembering(given);
/** A call is recorded twice. */
const call = remembering(id);
const time = rememberingTime();
const result = remembering((digest) => `"result":{"digest":${id(digest)}}`);
const inline = remembering((tier) => isolation({ tier, backend: "inline", proven: [] }));
/** The labels of results are few lists, each the same object again and again; one that was changed since is another. */
let labelsLast: { readonly labels: readonly string[]; readonly copy: readonly string[]; readonly written: string } = {
  labels: [],
  copy: [],
  written: "",
};

function labelled(labels: readonly string[]): string {
  const last = labelsLast;
  if (labels === last.labels && labels.length === last.copy.length && labels.every((one, i) => one === last.copy[i]))
    return last.written;
  const written = `"labels":[${labels.map(id).join(",")}],`;
  labelsLast = { labels, copy: [...labels], written };
  return written;
}

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
    `"args":{"digest":${id(made.digest)},"masked":${made.masked}},"at":${time(made.at)},"call":${call(made.call)}${callId},"effect":"allow","isolation":${isolated(made.isolation)},"policy":${policy(made.policy)}`,
    `"reasons":[${reasons.length === 1 ? (reasons[0] ?? "") : reasons.join(",")}]`,
    `"session":${session(made.session)},"tool":${tool(made.tool)},"type":"intent"`,
  );
}

function isolated(made: QuickIntent["isolation"]): string {
  const { tier, backend, proven } = made;
  return backend === "inline" && proven.length === 0 && typeof tier === "string" ? inline(tier) : isolation(made);
}

/** The same for an outcome. */
export function quickOutcome(made: QuickOutcome): EncodedRecord | undefined {
  const { labels, digest } = made;
  if (labels.length > MAX_LABELS) return undefined;
  const listed = labels.length === 0 ? "" : labelled(labels);
  return fitted(
    `"at":${time(made.at)},"call":${call(made.call)},${listed}"ms":${quickDuration(made.ms)}`,
    digest === undefined ? "" : result(digest),
    `"session":${session(made.session)},"status":"done","tool":${tool(made.tool)},"type":"outcome"`,
  );
}
