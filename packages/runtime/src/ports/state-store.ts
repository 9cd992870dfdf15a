import type { Json } from "@writ/ir";

/** A value and the version it has; the version of a key never repeats, also not after it was deleted. */
export interface Versioned {
  readonly value: Json;
  readonly version: number;
}

/** A key with its value, as `list` gives it. */
export interface Listed extends Versioned {
  readonly key: string;
}

/**
 * What a call takes of a limit: an amount in whole units (1 is one call; cents, bytes, milliseconds), values of which
 * only distinct ones count, or a place for as long as it runs.
 */
export type Takes = number | readonly string[] | "concurrent";

/** One limit that a call must fit under. A key is used with one kind of `takes` only. */
export interface LimitClaim {
  /** What is counted: the limit's id and the value of its `by` expression, joined by the caller. */
  readonly key: string;
  /** How many calls, units or distinct values the window admits, or how many calls at once; 0 admits none. */
  readonly count: number;
  /** Absent: one call. */
  readonly takes?: Takes;
  /** Milliseconds of the sliding window `(now - window, now]`, or `session`: never slides. */
  readonly window: number | "session";
}

export type Reservation =
  | { readonly ok: true }
  | {
      readonly ok: false;
      /** Index of the first claim that is full. */
      readonly index: number;
      /** Milliseconds until it could be admitted; absent when only an end of calls in flight, or nothing, can help. */
      readonly retryAfter?: number;
    };

/** How many values a log holds at most. */
export const MAX_LOG = 1_000_000;

/** What a log holds from a position on. */
export interface LogPart {
  readonly values: readonly Json[];
  /** Position of the first of `values`; greater than what was asked for where older ones were dropped. */
  readonly first: number;
  /** Position that the next value appended will have: where to read on. 0 for a log that holds nothing. */
  readonly next: number;
}

/**
 * What the runtime keeps between calls: limits, approvals, kill switches. Every operation is atomic and, when it
 * resolves, as durable as the store is. Rejects with a `StateError`; the runtime then refuses the call.
 * `stateStoreCases` of `@writ/testing` is what any implementation must pass.
 */
export interface StateStore {
  get(key: string): Promise<Versioned | undefined>;
  /**
   * Sets `key` when its version is still the one seen; `expected: undefined` means that it must be absent.
   * `value: undefined` deletes. True when it was set, false when another was first. On stable storage when it
   * resolves; with `durable: false` a crash of the machine, not of the process, may still lose it.
   */
  compareAndSet(
    key: string,
    expected: number | undefined,
    value: Json | undefined,
    options?: { readonly durable?: boolean },
  ): Promise<boolean>;
  /** Every key that begins with `prefix`, sorted by UTF-16 code units. */
  list(prefix: string): Promise<readonly Listed[]>;
  /**
   * Puts values at the end of a log, all of them or none, in the order of the calls; gives the position of the first.
   * The positions of a key never repeat, also not after it was dropped. A crash of the machine may lose what was
   * appended since the last `sync`, its end first. A log of {@link MAX_LOG} values takes no more.
   */
  append(key: string, values: readonly Json[]): Promise<number>;
  /** What a log holds from a position on; all of it without one. Logs and the keys of `get` are apart. */
  read(key: string, from?: number): Promise<LogPart>;
  /** Drops a log, or its values before a position. */
  drop(key: string, before?: number): Promise<void>;
  /**
   * Forgets every value, log and limit's count whose key begins with `prefix`, in one step: what belonged to a session
   * that has ended. What calls in flight hold stays held. On stable storage when it resolves.
   */
  forget(prefix: string): Promise<void>;
  /** Resolves when all that was answered before is on stable storage. */
  sync(): Promise<void>;
  /**
   * Takes a place under all claims, or under none. Calls in flight count. `id` is unique for each call; what is
   * reserved stays so until `commit` or `release`, and counts as committed when the store is opened again.
   * `now` is milliseconds since 1970; a clock that goes back frees nothing.
   */
  reserve(id: string, claims: readonly LimitClaim[], now: number): Promise<Reservation>;
  /**
   * The call starts now: its places count from here. A place taken as `concurrent` is held on until `finish`. An `id`
   * that holds nothing is refused. A crash that loses this and not the reservation counts the call as started.
   */
  commit(id: string, now: number): Promise<void>;
  /** The call never started: its places are free again. Releasing what holds nothing does nothing. */
  release(id: string): Promise<void>;
  /**
   * The call ended: what it held while it ran is free. Finishing what holds nothing does nothing. When the store is
   * opened again, whatever ran has ended.
   */
  finish(id: string): Promise<void>;
  /**
   * Equal as long as nothing that was answered can have been lost: another text after a crash of the machine. Absent where
   * that cannot be told; then whatever was not followed by a `sync` is taken for lost when a process did not end in order.
   */
  readonly incarnation?: string | undefined;
  /** Where a person finds it, for messages: a folder, or `memory`. */
  readonly location: string;
  /** Waits for what is under way and lets go of the store. Safe to call twice. */
  close(): Promise<void>;
}
