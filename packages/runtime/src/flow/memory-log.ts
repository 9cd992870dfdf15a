import type { Json } from "@writ/ir";
import { isList } from "../duties/json-path.js";
import { promptly, readily, type PromptState } from "../faults/prompt.js";
import type { StateStore } from "../ports/state-store.js";
import { randomId } from "../random-id.js";
import type { MemoryCodec } from "./memory-codec.js";
import type { MemoryEvent } from "./memory-event.js";
import type { SessionMemory } from "./session-memory.js";

/** A log of more than this is not continued: the session is unknown to the next process that takes it up. */
const MAX_CHARACTERS = 64 * 1024 * 1024;
/** One append holds about this many characters of JSON and one event. */
const MAX_APPEND = 512 * 1024;

/** Where a session's memory is kept. */
export interface Place {
  readonly state: StateStore;
  readonly key: string;
  readonly codec: MemoryCodec;
  /** Digest of what a policy reads into a memory: events of another mean nothing under it. */
  readonly remembers: string;
}

/**
 * The memory of a session in the state store: what it learned is written before anybody outside sees it, and whoever takes
 * the session up again, here or in another process, folds it. Writing is not syncing: a crash of the process loses
 * nothing that was written, and a crash of the machine is seen, since a holder notes which life of the store it wrote in
 * and when it let go in order. What may have been lost is unknown, never clean.
 */
export class MemoryLog {
  readonly memory: SessionMemory;
  readonly #place: Place;
  readonly #holder = randomId("h");
  #waiting: MemoryEvent[] = [];
  #next = 0;
  #written = 0;
  #closed = false;
  #used = true;
  #ended = false;
  #turns = 0;
  /** One write or read at a time, in the order they were asked for. */
  #turn: Promise<void> = Promise.resolve();

  private constructor(memory: SessionMemory, place: Place) {
    this.memory = memory;
    this.#place = place;
    memory.tell = (event) => void this.#waiting.push(event);
  }

  /**
   * Takes up a session's memory. `memory` is fresh and whole; `resumed` says that the session is not begun here, so that a
   * log that is not there is one that was lost. Rejects with a `StateError`.
   */
  static async open(memory: SessionMemory, place: Place, resumed: boolean): Promise<MemoryLog> {
    const log = new MemoryLog(memory, place);
    const { state, key } = place;
    await readily(state).append(key, [log.#opened()]);
    const { values, next } = await readily(state).read(key);
    log.#next = next;
    log.#written = JSON.stringify(values).length;
    const holders = new Map<string, Json>();
    let sound = values.length > 1 || !resumed;
    for (const value of values) sound = log.#restore(value, holders) && sound;
    holders.delete(log.#holder);
    // Whoever let go in order has written everything; whoever did not, only as long as the store can have lost nothing.
    if (![...holders.values()].every((life) => life !== null && life === state.incarnation)) sound = false;
    if (!sound) memory.lose();
    await log.keep();
    await state.sync();
    return log;
  }

  /** Before a call: what was heard is written, and what others did in this session since is known. Undefined where that is so already. */
  settle(): Promise<void> | undefined {
    this.#used = true;
    try {
      if (this.#atOnce()) return undefined;
    } catch (error) {
      return failed(error);
    }
    return this.#inTurn(async () => {
      if (this.#closed) await this.#reopen();
      await this.#write();
      await this.#take(undefined);
    });
  }

  /** Writes what was learned: before a call happens, and before anybody is given what came of it. */
  keep(): Promise<void> | undefined {
    if (this.#waiting.length === 0) return undefined;
    this.#used = true;
    try {
      if (this.#atOnce()) return undefined;
    } catch (error) {
      return failed(error);
    }
    return this.#inTurn(async () => {
      if (this.#closed) await this.#reopen();
      await this.#write();
    });
  }

  /** Lets go of the session in order: all of it is on stable storage. */
  async close(): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#closed) return;
      await this.#write();
      await this.#append([["closed", this.#holder]]);
      await this.#place.state.sync();
      this.#closed = true;
    });
  }

  /** The session was ended: nothing more of it is written, by nobody who still has it in hand. */
  async end(): Promise<void> {
    await this.#inTurn(async () => {
      this.#ended = true;
    });
  }

  /** Lets go of a session that was not used since this was asked the last time. */
  async rest(): Promise<void> {
    const rests = !this.#used && this.#waiting.length === 0;
    this.#used = false;
    if (rests) await this.close();
  }

  /** A session that was let go of while its host still had it in hand. */
  async #reopen(): Promise<void> {
    await this.#append([this.#opened()]);
    await this.#place.state.sync();
    this.#closed = false;
  }

  #opened(): Json {
    const { state, remembers } = this.#place;
    return ["opened", this.#holder, state.incarnation ?? null, remembers];
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const before = this.#turn;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#turn = promise;
    this.#turns += 1;
    try {
      await before;
      await work();
    } finally {
      this.#turns -= 1;
      resolve(undefined);
    }
  }

  /**
   * Writes what waits into a store that answers at once, where nobody else wrote since: then nothing is waited for. False
   * where it takes a turn.
   */
  #atOnce(): boolean {
    const { state, key } = this.#place;
    const now = this.#turns > 0 || this.#closed || this.#ended ? undefined : promptly(state);
    if (now === undefined || !this.#isUpToDate(now.read(key, this.#next))) return false;
    while (this.#waiting.length > 0) {
      const [values, count] = this.#batch();
      this.#next = now.append(key, values) + values.length;
      this.#waiting.splice(0, count);
    }
    return true;
  }

  #isUpToDate({ values, first, next }: ReturnType<PromptState["read"]>): boolean {
    return values.length === 0 && first === this.#next && next === this.#next;
  }

  /** Writes what waits; where that fails it waits on, and is tried again before anything else happens. */
  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const [values, count] = this.#batch();
      await this.#append(values);
      this.#waiting.splice(0, count);
    }
  }

  #batch(): readonly [values: readonly Json[], count: number] {
    const values: Json[] = [];
    let size = 0;
    for (const event of this.#waiting) {
      if (size > MAX_APPEND) break;
      const value = this.#place.codec.encode(event);
      size += JSON.stringify(value).length;
      values.push(value);
    }
    if (this.#written + size <= MAX_CHARACTERS) {
      this.#written += size;
      return [values, values.length];
    }
    const first = this.#written <= MAX_CHARACTERS;
    this.#written = MAX_CHARACTERS + 1;
    return [first ? [["lost"]] : [], this.#waiting.length];
  }

  async #append(values: readonly Json[]): Promise<void> {
    if (values.length === 0 || this.#ended) return;
    const { state, key } = this.#place;
    const at = await readily(state).append(key, values);
    // Another process was in between: what it wrote is read first, since this side's own is known already.
    if (at > this.#next) await this.#take(at);
    this.#next = at + values.length;
  }

  /** Takes up what others appended, up to a position. */
  async #take(upto: number | undefined): Promise<void> {
    const { state, key } = this.#place;
    const { values, first, next } = await readily(state).read(key, this.#next);
    if (first > this.#next || (upto === undefined && next < this.#next)) this.memory.lose(); // dropped under our hands
    const count = upto === undefined ? values.length : Math.max(0, upto - first);
    const sound = values.slice(0, count).map((value) => this.#restore(value, new Map()));
    if (sound.includes(false)) this.memory.lose();
    if (upto === undefined) this.#next = Math.max(next, this.#next);
  }

  /** Takes up one value of the log; false where it cannot be read, or was written under a policy that reads otherwise. */
  #restore(value: Json, holders: Map<string, Json>): boolean {
    const [kind, holder, life, remembers] = isList(value) ? value : [];
    if (kind === "opened" && typeof holder === "string" && life !== undefined) {
      holders.set(holder, life);
      return remembers === this.#place.remembers;
    }
    if (kind === "closed" && typeof holder === "string") {
      holders.delete(holder);
      return true;
    }
    const event = this.#place.codec.decode(value);
    if (event === undefined) return false;
    // From here on what came before does not matter: it is unknown already.
    if (event.kind === "lost") holders.clear();
    this.memory.take(event);
    return true;
  }
}

async function failed(error: unknown): Promise<never> {
  throw error;
}
