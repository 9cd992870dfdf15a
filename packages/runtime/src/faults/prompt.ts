import type { EncodedRecord } from "../audit/encode-record.js";
import type { RecordBody } from "../audit/record.js";
import type { Appended, AppendOptions, AuditSink } from "../ports/audit-sink.js";
import type { Json } from "@writ/ir";
import type { LimitClaim, LogPart, Reservation, StateStore, Versioned } from "../ports/state-store.js";

/** What a store in memory does at once: the same as the operations of these names, without the promise. */
export interface PromptState {
  get(key: string): Versioned | undefined;
  compareAndSet(key: string, expected: number | undefined, value: Json | undefined): boolean;
  append(key: string, values: readonly Json[]): number;
  read(key: string, from?: number): LogPart;
  reserve(id: string, claims: readonly LimitClaim[], now: number): Reservation;
  commit(id: string, now: number): void;
  finish(id: string): void;
}

/** What a log has to know of a record that it is given encoded. */
export interface About {
  readonly type: "intent" | "outcome";
  readonly at: number;
  readonly session: string;
  readonly call: string;
  readonly tool: string;
  /** Of an intent. */
  readonly effect?: "allow";
}

/** What a log of ours does with what `encodeRecord` makes of a record, and, one in memory, at once with the record itself. */
export interface PlacingLog {
  place(record: EncodedRecord, about: About, durable: boolean): Appended | Promise<Appended>;
  append?(body: RecordBody): Appended;
}

/** A port of ours, with what its operations were when it was made. */
interface Known<N> {
  readonly now: N;
  readonly intact: () => boolean;
}

/*
 * Known by the object itself, never by a property: whoever wraps one of these, or copies its operations into a store of his
 * own, has a store that is asked as every other. So has who puts another operation in the place of one, at any time.
 */
const states = new WeakMap<StateStore, Known<PromptState>>();
const logs = new WeakMap<AuditSink, Known<PlacingLog>>();

type Operations<K extends string> = { readonly [name in K]: unknown };

/** Only for a store that is ours and in memory: it can neither hang nor be late, so no time is kept for it. */
export function promptState(store: StateStore, now: PromptState): StateStore {
  const given: Operations<"get" | "compareAndSet" | "append" | "read" | "reserve" | "commit" | "finish" | "sync"> =
    store;
  const { get, compareAndSet, append: appends, read, reserve, commit, finish, sync } = given;
  const intact = (): boolean =>
    given.get === get &&
    given.compareAndSet === compareAndSet &&
    given.append === appends &&
    given.read === read &&
    given.reserve === reserve &&
    given.commit === commit &&
    given.finish === finish &&
    given.sync === sync;
  states.set(store, { now, intact });
  return store;
}

/** The same for a log that takes records encoded, be it at once or not. */
export function placingLog<T extends AuditSink>(log: T, now: PlacingLog): T {
  const given: Operations<"append"> = log;
  const { append: before } = given;
  logs.set(log, { now, intact: () => given.append === before });
  return log;
}

/** Undefined for a store that has to be waited for. */
export function promptly(store: StateStore): PromptState | undefined {
  const known = states.get(store);
  return known?.intact() === true ? known.now : undefined;
}

/** A store's own operations: at once where it can, so that nobody waits for nothing. */
export function readily(
  store: StateStore,
): Pick<StateStore, "get" | "compareAndSet" | "append" | "read"> | PromptState {
  return promptly(store) ?? store;
}

/** Gives a store that holds another its promptness. */
export function asPromptAs(held: StateStore, store: StateStore): StateStore {
  const known = states.get(store);
  if (known !== undefined) states.set(held, known);
  return held;
}

/** The same for a log; what is waited for is waited for through `hold`. */
export function placesAs(
  held: AuditSink,
  log: AuditSink,
  hold: (ask: () => Appended | Promise<Appended>) => Promise<Appended>,
): AuditSink {
  const known = logs.get(log);
  if (known === undefined) return held;
  const { now, intact } = known;
  if (now.append !== undefined) logs.set(held, known);
  else
    logs.set(held, {
      intact,
      now: { place: (record, about, durable) => hold(() => now.place(record, about, durable)) },
    });
  return held;
}

/** Appends to a log: at once where it can, so that nobody waits for nothing. Throws where it is refused at once. */
export function append(log: AuditSink, body: RecordBody, options: AppendOptions): Appended | Promise<Appended> {
  return placing(log)?.append?.(body) ?? log.append(body, options);
}

/** Undefined for a log that wants to see the record itself. */
export function placing(log: AuditSink): PlacingLog | undefined {
  const known = logs.get(log);
  return known?.intact() === true ? known.now : undefined;
}
