import type { Json } from "@writ/ir";

/** A plain JSON object. */
export type JsonObject = { readonly [key: string]: Json };

/** A rule that had part in a decision. */
export interface RecordedReason {
  /** The rule's id, or the name of what refused. */
  readonly by: string;
  readonly kind: string;
  readonly truth: string;
  /** Where it stands: `support.policy:12:3`. */
  readonly at?: string;
}

/** The policy in force from here on. */
export interface PolicyRecord {
  readonly type: "policy";
  /** Milliseconds since 1970, as in every record. */
  readonly at: number;
  readonly policy: { readonly name: string; readonly version?: string; readonly digest: string };
  readonly mode: "enforce" | "shadow";
  /** Version of Writ. */
  readonly writ: string;
}

/** A session begins, bound to an identity. */
export interface SessionRecord {
  readonly type: "session";
  readonly at: number;
  readonly session: string;
  readonly identity: { readonly user: JsonObject; readonly agent: JsonObject; readonly session: JsonObject };
  /** The session that delegated to this one. */
  readonly parent?: string;
}

/** What was decided of a call, before anything of it happens. */
export interface IntentRecord {
  readonly type: "intent";
  readonly at: number;
  readonly session: string;
  /** The agents it acts for, the outermost first and its own last; absent for one that acts by itself. */
  readonly agents?: readonly string[];
  /** The call's id, minted by Writ. */
  readonly call: string;
  /** The id the framework gave the call. */
  readonly callId?: string;
  readonly tool: string;
  /** Digest of the canonical arguments, and what of them may be read. */
  readonly args: { readonly digest: string; readonly masked: Json };
  readonly effect: "allow" | "ask" | "forbid";
  readonly reasons: readonly RecordedReason[];
  /** Digest of the policy that decided. */
  readonly policy: string;
  /** What was proven of the isolation, not what was configured. */
  readonly isolation?: { readonly tier: string; readonly backend: string; readonly proven: readonly string[] };
  /** The call within which a sandbox asked for this one. */
  readonly within?: string;
  /** The approval that this call uses or waits for. */
  readonly approval?: string;
  /** What the model is told of it. */
  readonly message?: string;
}

/** How a call ended. */
export interface OutcomeRecord {
  readonly type: "outcome";
  readonly at: number;
  readonly session: string;
  readonly agents?: readonly string[];
  readonly call: string;
  readonly tool: string;
  readonly status: "done" | "failed" | "timeout" | "aborted" | "paused" | "unknown";
  /** How long the tool ran, milliseconds. */
  readonly ms: number;
  readonly result?: { readonly digest: string };
  readonly error?: string;
  /** How many files and folders it changed on its copy of a workspace, all of which were kept; the paths stand in `workspace.keep`. */
  readonly changes?: { readonly added: number; readonly changed: number; readonly removed: number };
  readonly labels?: readonly string[];
  /** A person found out what became of a doubtful call; `status` is then `unknown`. */
  readonly settled?: { readonly by: string; readonly outcome: "happened" | "did not happen"; readonly note?: string };
}

/** An approval changed its state. */
export interface ApprovalRecord {
  readonly type: "approval";
  readonly at: number;
  readonly session: string;
  readonly call: string;
  readonly approval: string;
  readonly state: "requested" | "granted" | "rejected" | "expired" | "revoked" | "used" | "void";
  /** Digest of what it is bound to. */
  readonly binding: string;
  /** Digest of what a person is shown of it. */
  readonly shown?: string;
  /** Who decided. */
  readonly by?: Json;
}

/** Something that an auditor should see: a repair, a port that failed, a refusal outside any call. */
export interface IncidentRecord {
  readonly type: "incident";
  readonly at: number;
  readonly code: string;
  readonly message: string;
  readonly session?: string;
  readonly tool?: string;
}

/** A record as it is given to {@link AuditSink.append}; the log adds `seq` and `prev`. */
export type RecordBody = PolicyRecord | SessionRecord | IntentRecord | OutcomeRecord | ApprovalRecord | IncidentRecord;

/** An intent whose full arguments are kept beside it, encrypted; the digest is that of the encrypted text. */
export type SealedIntent = Omit<IntentRecord, "args"> & {
  readonly args: IntentRecord["args"] & { readonly sealed: string };
};

/** How many calls without an outcome the first record of a segment can carry. */
export const MAX_PENDING = 1000;

/**
 * The first record of a further segment, written by the log: what the records before have come to, so that the log is
 * opened without reading them.
 */
export interface SegmentRecord {
  readonly type: "segment";
  readonly at: number;
  /** Roots of the perfect subtrees of the tree so far, largest first, 64 hexadecimal digits each. */
  readonly frontier: readonly string[];
  /** Whether the policy in force only watches. */
  readonly shadow: "yes" | "no";
  /** Calls that began and have no outcome yet. */
  readonly pending: readonly {
    readonly seq: number;
    readonly session: string;
    readonly call: string;
    readonly tool: string;
    readonly at: number;
  }[];
}

/** Says, before anything is deleted, what retention deletes. */
export interface RetentionRecord {
  readonly type: "retention";
  readonly at: number;
  /** `payloads`: the records, of which the hashes stay. `sealed`: only their encrypted arguments. */
  readonly what: "payloads" | "sealed";
  /** What is older than this goes, milliseconds since 1970. */
  readonly before: number;
  /** The last record that goes; all before it go too. */
  readonly through: number;
  /** Who ordered it. */
  readonly by: string;
}

/** A record that the log itself writes. */
export type LogRecord = SegmentRecord | RetentionRecord;

/** A record as it stands in the log: its number, and the hash of the one before (64 zeros before the first). */
export type StoredRecord = (RecordBody | SealedIntent | LogRecord) & { readonly seq: number; readonly prev: string };
