import { sha256Hex } from "@writ/ir";
import { AuditError } from "./audit-error.js";
import {
  asObject,
  choice,
  duration,
  fields,
  integer,
  json,
  jsonObject,
  list,
  members,
  object,
  RecordFault,
  refuseUnknown,
  text,
  type Encode,
  type Field,
} from "./record-fields.js";
import { MAX_PENDING, type LogRecord, type RecordBody, type SealedIntent } from "./record.js";

/** The largest record, in UTF-8 bytes of its stored JSON. */
export const MAX_RECORD_BYTES = 256 * 1024;

/** The longest sealed arguments, in characters: a mebibyte encrypted, in base 64. */
export const MAX_SEALED_CHARS = Math.ceil((1024 * 1024 + 128) / 3) * 4;

/** `prev` of the first record. */
export const FIRST_PREV = "0".repeat(64);

/**
 * A checked record, in three canonical pieces: what sorts before `prev`, between `prev` and `seq`, and after.
 * The log adds those two when the record's place is certain, which is when its batch is written.
 */
export interface EncodedRecord {
  readonly before: string;
  readonly between: string;
  readonly after: string;
  /** UTF-8 bytes of the three, about. */
  readonly bytes: number;
}

const id = text(1, 1024);
/** From a model or a host: may be empty. */
const given = text(0, 1024);
const message = text(0, 64 * 1024);

/** A chain of agents, the outermost first. */
const agents = list(id, 64);

/** A reason as it stands in a record. */
export const reason = object({ by: id, kind: text(1, 64), truth: text(1, 64) }, { at: text(1, 4096) });

/** How a call is isolated, as it stands in a record. */
export const isolation = object({ tier: id, backend: id, proven: list(id, 100) });

type Shape = readonly [Record<string, Encode>, Record<string, Encode>];

const SHAPES: Record<RecordBody["type"], Shape> = {
  policy: [
    { policy: object({ name: id, digest: id }, { version: id }), mode: choice("enforce", "shadow"), writ: id },
    {},
  ],
  session: [
    { session: id, identity: object({ user: jsonObject, agent: jsonObject, session: jsonObject }) },
    { parent: id },
  ],
  intent: [
    {
      session: id,
      call: id,
      tool: given,
      policy: id,
      args: object({ digest: id, masked: json }),
      effect: choice("allow", "ask", "forbid"),
      reasons: list(reason, 1000),
    },
    {
      agents,
      callId: given,
      within: id,
      approval: id,
      message,
      isolation,
    },
  ],
  outcome: [
    {
      session: id,
      call: id,
      tool: given,
      status: choice("done", "failed", "timeout", "aborted", "paused", "unknown"),
      ms: duration,
    },
    {
      agents,
      result: object({ digest: id }),
      error: message,
      changes: object({ added: integer, changed: integer, removed: integer }),
      labels: list(id, 1000),
      settled: object({ by: id, outcome: choice("happened", "did not happen") }, { note: message }),
    },
  ],
  approval: [
    {
      session: id,
      call: id,
      approval: id,
      binding: id,
      state: choice("requested", "granted", "rejected", "expired", "revoked", "used", "void"),
    },
    { by: json, shown: id },
  ],
  incident: [
    { code: id, message },
    { session: id, tool: given },
  ],
};

/** What only the log itself may write. */
const OWN_SHAPES: Record<LogRecord["type"], Shape> = {
  segment: [
    {
      frontier: list(text(64, 64), 64),
      shadow: choice("yes", "no"),
      pending: list(object({ seq: integer, session: id, call: id, tool: given, at: integer }), MAX_PENDING),
    },
    {},
  ],
  retention: [{ what: choice("payloads", "sealed"), before: integer, through: integer, by: text(1, 1024) }, {}],
};

const SEALED_INTENT: Shape = [
  { ...SHAPES.intent[0], args: object({ digest: id, masked: json }, { sealed: id }) },
  SHAPES.intent[1],
];

interface Tables {
  readonly before: readonly Field[];
  readonly between: readonly Field[];
  readonly after: readonly Field[];
}

function tablesOf(shapes: Readonly<Record<string, Shape>>): ReadonlyMap<unknown, Tables> {
  return new Map(
    Object.entries(shapes).map(([type, [required, optional]]) => {
      const all = fields({ type: choice(type), at: integer, ...required }, optional);
      return [
        type,
        {
          before: all.filter((field) => field.key < "prev"),
          between: all.filter((field) => field.key > "prev" && field.key < "seq"),
          after: all.filter((field) => field.key > "seq"),
        },
      ];
    }),
  );
}

const GIVEN = tablesOf(SHAPES);
const OWN = tablesOf({ ...OWN_SHAPES, intent: SEALED_INTENT });

/**
 * Checks a record and writes it as canonical JSON. Throws an {@link AuditError} `record_invalid` or
 * `record_too_large`; what it accepts is copied, so that the caller's later changes do not matter.
 */
export function encodeRecord(body: RecordBody): EncodedRecord {
  return encodeWith(GIVEN, body);
}

/** {@link encodeRecord} for what only the log writes: its own records, and an intent that names its sealed arguments. */
export function encodeOwnRecord(body: LogRecord | SealedIntent): EncodedRecord {
  return encodeWith(OWN, body);
}

function encodeWith(tables: ReadonlyMap<unknown, Tables>, body: unknown): EncodedRecord {
  try {
    return encode(tables, body);
  } catch (error) {
    if (error instanceof AuditError) throw error;
    const why = error instanceof RecordFault ? error.message : "the record cannot be read";
    throw new AuditError("record_invalid", `The audit record is refused: ${why}.`, { cause: error });
  }
}

function encode(known: ReadonlyMap<unknown, Tables>, body: unknown): EncodedRecord {
  const source = asObject(body);
  const type = Object.hasOwn(source, "type") ? source["type"] : undefined;
  const tables = known.get(type);
  if (tables === undefined) throw new RecordFault("", `must be one of ${[...known.keys()].join(", ")}`).within("type");
  const counted = { members: 0 };
  const before = members(tables.before, source, counted);
  const between = members(tables.between, source, counted);
  const after = members(tables.after, source, counted);
  refuseUnknown([tables.before, tables.between, tables.after], source, counted.members);
  return fitted(before, between, after);
}

/** The pieces of a record that is no larger than a record may be. */
export function fitted(before: string, between: string, after: string): EncodedRecord {
  const bytes = sizeOf(before, between, after);
  if (bytes > MAX_RECORD_BYTES - 256) {
    throw new AuditError(
      "record_too_large",
      `The audit record is ${bytes} bytes long; ${MAX_RECORD_BYTES} are allowed. Mask or shorten large arguments.`,
    );
  }
  return { before, between, after, bytes };
}

const encoder = new TextEncoder();

/** Exact where it can matter; counting UTF-8 bytes of every record would cost more than it tells. */
function sizeOf(before: string, between: string, after: string): number {
  const units = before.length + between.length + after.length;
  if (units * 3 < MAX_RECORD_BYTES - 256) return units;
  return encoder.encode(before).length + encoder.encode(between).length + encoder.encode(after).length;
}

/** A record in its place: the stored JSON, its hash, and the line of the log. */
export interface SealedRecord {
  readonly hash: string;
  readonly line: string;
}

/**
 * Gives a record its number and its predecessor. The hash is the RFC 6962 leaf hash of the stored JSON. `sealed` is the
 * text of the encrypted arguments that the record names by its digest.
 */
export function sealRecord(
  record: Omit<EncodedRecord, "bytes">,
  seq: number,
  prev: string,
  sealed?: string,
): SealedRecord {
  const between = record.between === "" ? "" : `,${record.between}`;
  // With the leaf's zero byte in front: hashing makes one flat text of it, which the line then shares.
  const leaf = `\0{${record.before},"prev":"${prev}"${between},"seq":${seq},${record.after}}`;
  const hash = sha256Hex(leaf);
  const stored = leaf.slice(1);
  return { hash, line: sealed === undefined ? `${hash} ${stored}\n` : `${hash} ${stored}\t${sealed}\n` };
}

/** RFC 6962 section 2.1: SHA-256 of a zero byte and the leaf's bytes. */
export function leafHash(stored: string): string {
  return sha256Hex(`\0${stored}`);
}
