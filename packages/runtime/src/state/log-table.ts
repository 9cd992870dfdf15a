import type { Json } from "@writ/ir";
import { MAX_LOG, type LogPart } from "../ports/state-store.js";
import { StateError } from "./state-error.js";

interface Log {
  /** Position of the first value that is kept. */
  first: number;
  values: Json[];
}

/** A line of a journal holds no more of a log than this, characters of JSON, and one value. */
const PART = 1024 * 1024;

/** Logs by key: values in order, each with a position that is never given again. Synchronous, therefore atomic. */
export class LogTable {
  readonly #logs = new Map<string, Log>();

  read(key: string, from: number): LogPart {
    const log = this.#logs.get(key);
    if (log === undefined) return { values: [], first: from, next: 0 };
    const next = log.first + log.values.length;
    const first = Math.min(Math.max(from, log.first), next);
    return { values: log.values.slice(first - log.first), first, next };
  }

  /** Appends; `begin` is the position at which a new log begins. Gives the first position, and what undoes it. */
  append(key: string, values: readonly Json[], begin: number): { readonly first: number; readonly undo: () => void } {
    const log = this.#logs.get(key);
    if (values.length + (log?.values.length ?? 0) > MAX_LOG)
      throw new StateError(
        "state_invalid",
        `The log ${JSON.stringify(key)} holds ${MAX_LOG} values and takes no more.`,
      );
    if (log === undefined) {
      if (values.length > 0) this.#logs.set(key, { first: begin, values: [...values] });
      return { first: begin, undo: () => void this.#logs.delete(key) };
    }
    const length = log.values.length;
    for (const value of values) log.values.push(value);
    return {
      first: log.first + length,
      undo: () => {
        log.values.length = length;
      },
    };
  }

  /** Puts back what a journal holds, at its position. */
  restore(key: string, first: number, values: readonly Json[]): void {
    const log = this.#logs.get(key);
    if (log !== undefined && first !== log.first + log.values.length)
      throw new RangeError("a part of a log is not where the log ends");
    this.append(key, values, first);
  }

  /** Drops the values before a position; gives what undoes it, or undefined where there are none. */
  drop(key: string, before: number): (() => void) | undefined {
    const log = this.#logs.get(key);
    if (log === undefined || before <= log.first) return undefined;
    const left = log.values.slice(before - log.first);
    if (left.length === 0) this.#logs.delete(key);
    else this.#logs.set(key, { first: before, values: left });
    return () => void this.#logs.set(key, log);
  }

  /** Drops the logs whose key has this prefix; gives what undoes it, or undefined where there are none. */
  forget(prefix: string): (() => void) | undefined {
    const gone = [...this.#logs].filter(([key]) => key.startsWith(prefix));
    if (gone.length === 0) return undefined;
    for (const [key] of gone) this.#logs.delete(key);
    return () => {
      for (const [key, log] of gone) this.#logs.set(key, log);
    };
  }

  /** Every log in parts, for a snapshot. */
  *parts(): Iterable<{ readonly key: string; readonly first: number; readonly values: readonly Json[] }> {
    for (const [key, log] of this.#logs) {
      let from = 0;
      let size = 0;
      for (const [index, value] of log.values.entries()) {
        if (size > PART) {
          yield { key, first: log.first + from, values: log.values.slice(from, index) };
          from = index;
          size = 0;
        }
        size += JSON.stringify(value).length;
      }
      yield { key, first: log.first + from, values: log.values.slice(from) };
    }
  }
}
