import type { Json } from "@writ/ir";
import type { LimitClaim, Listed, LogPart, Reservation, Versioned } from "../ports/state-store.js";
import { LimitTable, type HeldClaim } from "./limit-table.js";
import { LogTable } from "./log-table.js";
import type { Name, StateChange } from "./state-change.js";
import { freeze } from "./state-input.js";

/** What an operation answered, what it changed (to be written down), and how to take it back. */
export interface Applied<T> {
  readonly answer: T;
  readonly change?: StateChange;
  readonly undo?: () => void;
}

/**
 * A store's whole state in memory: the memory store is this, the file store is this and a journal of its changes.
 * Synchronous, so each operation is atomic. Replaying the changes in order gives the same state again.
 */
export class StateImage {
  readonly #values = new Map<string, Versioned>();
  readonly limits = new LimitTable();
  readonly #logs = new LogTable();
  #version = 0;

  get(key: string): Versioned | undefined {
    return this.#values.get(key);
  }

  list(prefix: string): readonly Listed[] {
    const found: Listed[] = [];
    for (const [key, { value, version }] of this.#values)
      if (key.startsWith(prefix)) found.push({ key, value, version });
    return found.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }

  compareAndSet(key: string, expected: number | undefined, value: Json | undefined): Applied<boolean> {
    const present = this.#values.get(key);
    if (present?.version !== expected) return { answer: false };
    if (value === undefined && present === undefined) return { answer: true };
    const undo = (): void => {
      if (present === undefined) this.#values.delete(key);
      else this.#values.set(key, present);
    };
    // A version that was taken back is not given again: somebody may have seen it.
    this.#version += 1;
    const version = this.#version;
    if (value === undefined) {
      this.#values.delete(key);
      return { answer: true, undo, change: ["delete", key, version] };
    }
    this.#values.set(key, Object.freeze({ value, version }));
    return { answer: true, undo, change: ["set", key, version, value] };
  }

  read(key: string, from: number): LogPart {
    return this.#logs.read(key, from);
  }

  append(key: string, values: readonly Json[]): Applied<number> {
    // A log that begins after another of its name was dropped begins beyond it: the version passes every position given.
    const { first, undo } = this.#logs.append(key, values, this.#version);
    if (values.length === 0) return { answer: first };
    this.#version = Math.max(this.#version, first + values.length);
    return { answer: first, undo, change: ["append", key, first, values] };
  }

  drop(key: string, before: number): Applied<undefined> {
    const undo = this.#logs.drop(key, before);
    return undo === undefined ? { answer: undefined } : { answer: undefined, undo, change: ["drop", key, before] };
  }

  forget(prefix: string): Applied<undefined> {
    const values = [...this.#values].filter(([key]) => key.startsWith(prefix));
    for (const [key] of values) this.#values.delete(key);
    const others = [this.#logs.forget(prefix), this.limits.forget(prefix)];
    if (values.length === 0 && others.every((undo) => undo === undefined)) return { answer: undefined };
    const undo = (): void => {
      for (const [key, value] of values) this.#values.set(key, value);
      for (const other of others) other?.();
    };
    return { answer: undefined, undo, change: ["forget", prefix] };
  }

  reserve(id: string, claims: readonly LimitClaim[], now: number, owner = ""): Applied<Reservation> {
    const answer = this.limits.reserve(id, claims, now, owner);
    if (!answer.ok) return { answer };
    const named = claims.map(({ key, window, takes }) => nameOf({ key, window, takes: takes ?? 1 }));
    return {
      answer,
      undo: () => void this.limits.release(id),
      change: ["reserve", id, this.limits.time, named, owner],
    };
  }

  commit(id: string, now: number): Applied<undefined> {
    const undo = this.limits.commit(id, now);
    return { answer: undefined, undo, change: ["commit", id, this.limits.time] };
  }

  release(id: string): Applied<undefined> {
    const undo = this.limits.release(id);
    return undo === undefined ? { answer: undefined } : { answer: undefined, undo, change: ["release", id] };
  }

  finish(id: string): Applied<undefined> {
    const undo = this.limits.finish(id);
    return undo === undefined ? { answer: undefined } : { answer: undefined, undo, change: ["finish", id] };
  }

  /** A process is gone: what it had reserved counts as started now. This one is not taken back. */
  adopt(owner: string, now: number): StateChange {
    const time = this.limits.isHolding(owner) ? this.limits.read(now) : this.limits.time;
    this.limits.adopt(owner, time);
    return ["adopt", owner, time];
  }

  /** Makes a change again that a journal holds. */
  replay(change: StateChange): void {
    switch (change[0]) {
      case "base":
        this.#version = Math.max(this.#version, change[1]);
        this.limits.restoreTime(change[2]);
        return;
      case "set":
        this.#version = Math.max(this.#version, change[2]);
        this.#values.set(change[1], Object.freeze({ value: freeze(change[3]), version: change[2] }));
        return;
      case "delete":
        this.#version = Math.max(this.#version, change[2]);
        this.#values.delete(change[1]);
        return;
      case "append":
        this.#version = Math.max(this.#version, change[2] + change[3].length);
        this.#logs.restore(
          change[1],
          change[2],
          change[3].map((value) => freeze(value)),
        );
        return;
      case "drop":
        this.#logs.drop(change[1], change[2]);
        return;
      case "forget":
        this.forget(change[1]);
        return;
      case "counter":
        this.limits.restoreCounter({ key: change[1], window: change[2], moments: change[3] });
        return;
      case "distinct":
        this.limits.restoreCounter({ key: change[1], window: change[2], moments: [], sightings: change[3] });
        return;
      case "reserve":
        this.limits.restoreTime(change[2]);
        this.limits.restoreHeld(
          change[1],
          change[3].map(([key, window, takes = 1]) => ({ key, window, takes })),
          change[4],
        );
        return;
      case "commit":
        this.limits.commitAt(change[1], change[2]);
        return;
      case "release":
        this.limits.release(change[1]);
        return;
      case "finish":
        this.limits.finish(change[1]);
        return;
      case "adopt":
        this.limits.restoreTime(change[2]);
        this.limits.adopt(change[1], change[2]);
        return;
      case "moved":
        return;
      default: {
        const never: never = change;
        throw new RangeError(`not a change: ${String(never)}`);
      }
    }
  }

  /** The changes that make this state from nothing. */
  *snapshot(generation = 0): Iterable<StateChange> {
    const { time } = this.limits;
    yield ["base", this.#version, time, generation];
    for (const [key, { value, version }] of this.#values) yield ["set", key, version, value];
    for (const { key, first, values } of this.#logs.parts()) yield ["append", key, first, values];
    for (const { key, window, moments, sightings } of this.limits.counters()) {
      if (moments.length > 0) yield ["counter", key, window, moments];
      else yield ["distinct", key, window, sightings];
    }
    for (const { id, claims, owner } of this.limits.running()) {
      yield ["reserve", id, time, claims.map(nameOf), owner];
      yield ["commit", id, time];
    }
    for (const { id, claims, owner } of this.limits.held()) yield ["reserve", id, time, claims.map(nameOf), owner];
  }
}

/** As short as it was before there was more than calls to count. */
function nameOf({ key, window, takes }: HeldClaim): Name {
  return takes === 1 ? [key, window] : [key, window, takes];
}
