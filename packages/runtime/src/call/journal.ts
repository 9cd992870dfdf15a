import { copyJson, digest, type Bounds, type Json } from "@writ/ir";
import type { DoubtfulCall } from "../ports/audit-sink.js";
import type { Listed, StateStore, Versioned } from "../ports/state-store.js";
import { isObject } from "../duties/json-path.js";
import { promptly, readily } from "../faults/prompt.js";
import { quietly } from "../quietly.js";
import { StateError } from "../state/state-error.js";

const SETTLED = "A person has found out that this call happened. Its result is not known. It is not run again.";

/** What the journal knows of a call. */
export type JournalEntry =
  | { readonly state: "new" }
  /** It was started and never reported back: nobody may run it again unasked. */
  | { readonly state: "started" }
  | { readonly state: "done"; readonly result: Json; readonly kept: boolean }
  | { readonly state: "failed"; readonly error: string; readonly code: string };

const RESULT_BOUNDS: Bounds = { depth: 64, nodes: 200_000, bytes: 1024 * 1024 };

/** The journal's key of a call: equal for a replay of the same step, different for everything else. */
export function journalKey(
  session: string,
  call: { readonly scope?: string; readonly callId: string; readonly tool: string },
  args: Json,
): string {
  return digest([session, call.scope ?? "", call.callId, call.tool, args]).slice("sha256:".length);
}

/**
 * Remembers, for calls that carry a host's id, that they were started and how they ended, so that a retried,
 * resumed or replayed step never repeats an effect. The mark of a start is on stable storage before the effect; how it
 * ended need not be: where a crash of the machine loses that, the mark is left, and the call is doubtful.
 */
export class Journal {
  readonly #state: StateStore;

  constructor(state: StateStore) {
    this.#state = state;
  }

  /** At once where the store answers at once, as all that follows. */
  look(key: string): JournalEntry | Promise<JournalEntry> {
    const found = readily(this.#state).get(`call/${key}`);
    return found instanceof Promise ? found.then(entryOf) : entryOf(found);
  }

  /** Marks a call as started; false when it was already. */
  start(
    key: string,
    mark: {
      readonly call: string;
      readonly at: number;
      readonly session?: string;
      readonly tool?: string;
      /** Tells this run of the call from every other. */
      readonly run?: string;
    },
  ): boolean | Promise<boolean> {
    return readily(this.#state).compareAndSet(`call/${key}`, undefined, { state: "started", ...mark });
  }

  /** The call of this id, where it was started and never reported back. */
  async started(call: string): Promise<Pick<DoubtfulCall, "session" | "call" | "tool"> | undefined> {
    const found = await this.#ofCall(call);
    if (found === undefined || readEntry(found.value).state !== "started") return undefined;
    const { session, tool } = marked(found.value);
    return session === undefined || tool === undefined ? undefined : { session, call, tool };
  }

  /** A person found out what became of a call that was started: it is never run again, or as if it had never been made. */
  async settle({ session, call }: Pick<DoubtfulCall, "session" | "call">, happened: boolean): Promise<void> {
    const found = await this.#ofCall(call, session);
    if (found === undefined || readEntry(found.value).state !== "started") return;
    const value: Json = { state: "failed", code: "settled", error: SETTLED, ...marked(found.value) };
    if (!(await this.#state.compareAndSet(found.key, found.version, happened ? value : undefined)))
      throw new StateError("state_conflict", "The call was changed meanwhile; look at it again.");
  }

  /** A call's id begins with its key; ids of calls that are not journaled are nobody's. */
  async #ofCall(call: string, session?: string): Promise<Listed | undefined> {
    if (!/^c_[0-9a-f]{32}$/.test(call)) return undefined;
    const listed = await this.#state.list(session === undefined ? "call/" : `call/${session}/`);
    const found = listed.filter(({ key }) => key.slice(key.lastIndexOf("/") + 1).startsWith(call.slice(2)));
    return found.length === 1 ? found[0] : undefined;
  }

  /** Takes the mark back, of this run where one is named: the call did not start after all, or paused by its own will. */
  async forget(key: string, run?: string): Promise<void> {
    const found = await this.#state.get(`call/${key}`);
    if (found === undefined) return;
    // Settled by a person and made again since, or settled as having happened: that is not this run's to take back.
    if (
      run !== undefined &&
      (!isObject(found.value) || found.value["state"] !== "started" || found.value["run"] !== run)
    )
      return;
    await this.#state.compareAndSet(`call/${key}`, found.version, undefined);
  }

  done(key: string, result: Json | undefined): Promise<void> | undefined {
    return this.#end(
      key,
      result === undefined ? { state: "done", kept: false } : { state: "done", kept: true, result },
    );
  }

  failed(key: string, code: string, error: string): Promise<void> | undefined {
    return this.#end(key, { state: "failed", code, error });
  }

  #end(key: string, value: { readonly [name: string]: Json }): Promise<void> | undefined {
    const now = promptly(this.#state);
    if (now === undefined) return this.#endLater(key, value);
    const found = now.get(`call/${key}`);
    if (found !== undefined) now.compareAndSet(`call/${key}`, found.version, { ...value, ...marked(found.value) });
    return undefined;
  }

  async #endLater(key: string, value: { readonly [name: string]: Json }): Promise<void> {
    const found = await this.#state.get(`call/${key}`);
    // A mark that is gone was forgotten with its session, which can make no call again.
    if (found === undefined) return;
    const next = { ...value, ...marked(found.value) };
    await this.#state.compareAndSet(`call/${key}`, found.version, next, { durable: false });
  }
}

/** How much of the journal is kept. */
export interface JournalRetention {
  /** Milliseconds for which it is remembered that a call ended; one made again later runs again. */
  readonly entries: number;
  /** Bytes of results, about, the newest first; a call whose result is gone is not run again. */
  readonly resultBytes: number;
}

export const JOURNAL_RETENTION: JournalRetention = { entries: 90 * 86_400_000, resultBytes: 64 * 1024 * 1024 };

/**
 * Forgets calls that ended long ago, and the results of older ones. A call that was started and never ended is never
 * forgotten: somebody has to look what became of it. Age is counted from the newest call, so that a clock that jumps
 * ahead forgets nothing by itself. Gives how many entries and results it forgot.
 */
export async function pruneJournal(
  state: StateStore,
  retention: JournalRetention = JOURNAL_RETENTION,
): Promise<{ readonly entries: number; readonly results: number }> {
  const ended = (await state.list("call/")).flatMap((entry) => {
    const read = readEntry(entry.value);
    return read.state === "done" || read.state === "failed"
      ? [{ ...entry, read, at: marked(entry.value).at ?? 0 }]
      : [];
  });
  const newest = ended.reduce((time, { at }) => Math.max(time, at), 0);
  let [entries, results, bytes] = [0, 0, 0];
  for (const { key, version, value, read, at } of ended.toSorted((a, b) => b.at - a.at)) {
    if (at < newest - retention.entries) {
      await quietly(state.compareAndSet(key, version, undefined, { durable: false }));
      entries += 1;
    } else if (read.state === "done" && read.kept) {
      bytes += JSON.stringify(read.result).length;
      if (bytes <= retention.resultBytes) continue;
      const left = { state: "done", kept: false, ...marked(value) };
      await quietly(state.compareAndSet(key, version, left, { durable: false }));
      results += 1;
    }
  }
  return { entries, results };
}

/** A result as JSON within the journal's bounds, or undefined where it is none. */
export function keepable(result: unknown): Json | undefined {
  if (result === undefined) return null;
  const copied = copyJson(result, RESULT_BOUNDS);
  return copied.ok ? copied.value : undefined;
}

/** Which call it was and when, where the entry says so. */
function marked(value: Versioned["value"]): {
  readonly call?: string;
  readonly at?: number;
  readonly session?: string;
  readonly tool?: string;
} {
  if (!isObject(value)) return {};
  const { call, at, session, tool } = value;
  return {
    ...(typeof call === "string" ? { call } : {}),
    ...(typeof at === "number" && Number.isSafeInteger(at) ? { at } : {}),
    ...(typeof session === "string" ? { session } : {}),
    ...(typeof tool === "string" ? { tool } : {}),
  };
}

function entryOf(found: Versioned | undefined): JournalEntry {
  return found === undefined ? { state: "new" } : readEntry(found.value);
}

function readEntry(value: Json): JournalEntry {
  if (!isObject(value)) return { state: "started" };
  const { state, error, code, kept, result = null } = value;
  if (state === "done") return { state: "done", kept: kept === true, result };
  if (state === "failed" && typeof error === "string" && typeof code === "string")
    return { state: "failed", error, code };
  return { state: "started" }; // whatever else it says, it was begun
}
