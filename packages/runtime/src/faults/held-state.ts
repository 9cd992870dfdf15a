import { StateError } from "../state/state-error.js";
import type { Listed, LogPart, Reservation, StateStore, Versioned } from "../ports/state-store.js";
import { Deadlines } from "./deadlines.js";
import { asPromptAs } from "./prompt.js";

/**
 * A state store that answers in time, in its shape, and fails in one way: with a `StateError`. What was refused as late
 * may have been done all the same ({@link whenLate}).
 */
export function heldState(store: StateStore, ms: number): StateStore {
  const deadlines = new Deadlines(ms);
  const late = (why: string): StateError => new StateError("state_timeout", `The state store: ${why}.`);
  const ask = async <T>(
    work: () => Promise<unknown>,
    fits: (answer: unknown) => answer is T,
    within = deadlines,
  ): Promise<T> => {
    let answer: unknown;
    try {
      answer = await within.within(work, late);
    } catch (error) {
      throw asStateError(error);
    }
    if (fits(answer)) return answer;
    throw new StateError("state_answer", "The state store gave an answer that is none.");
  };
  const held: StateStore = {
    location: store.location,
    incarnation: store.incarnation,
    get: (key) => ask(() => store.get(key), isVersionedOrAbsent),
    compareAndSet: (key, expected, value, options) =>
      ask(() => store.compareAndSet(key, expected, value, options), isBoolean),
    list: (prefix) => ask(() => store.list(prefix), isListing),
    append: (key, values) => ask(() => store.append(key, values), isPosition),
    read: (key, from) => ask(() => store.read(key, from), isLogPart),
    drop: (key, before) => ask(() => store.drop(key, before), isNothing),
    forget: (prefix) => ask(() => store.forget(prefix), isNothing),
    sync: () => ask(() => store.sync(), isNothing),
    reserve: (id, claims, now) => ask(() => store.reserve(id, claims, now), isReservation),
    commit: (id, now) => ask(() => store.commit(id, now), isNothing),
    release: (id) => ask(() => store.release(id), isNothing),
    finish: (id) => ask(() => store.finish(id), isNothing),
    // Also of a store that answers nothing any more: it is let go of.
    close: () => ask(() => store.close(), isNothing, new Deadlines(ms)),
  };
  return asPromptAs(held, store);
}

function asStateError(error: unknown): StateError {
  if (error instanceof StateError) return error;
  const said = error instanceof Error ? error.message : "it did not say how";
  return new StateError("state_failed", `The state store failed: ${said}`, { cause: error });
}

/** What a store answers where nothing is asked for is not looked at. */
function isNothing(_answer: unknown): _answer is undefined {
  return true;
}

function isBoolean(answer: unknown): answer is boolean {
  return typeof answer === "boolean";
}

function isVersioned(answer: unknown): answer is Versioned {
  return (
    typeof answer === "object" &&
    answer !== null &&
    "value" in answer &&
    answer.value !== undefined &&
    "version" in answer &&
    Number.isSafeInteger(answer.version)
  );
}

function isVersionedOrAbsent(answer: unknown): answer is Versioned | undefined {
  return answer === undefined || isVersioned(answer);
}

function isListing(answer: unknown): answer is readonly Listed[] {
  return (
    Array.isArray(answer) &&
    answer.every((entry: unknown) => isVersioned(entry) && "key" in entry && typeof entry.key === "string")
  );
}

function isPosition(answer: unknown): answer is number {
  return typeof answer === "number" && Number.isSafeInteger(answer) && answer >= 0;
}

function isLogPart(answer: unknown): answer is LogPart {
  return (
    typeof answer === "object" &&
    answer !== null &&
    "values" in answer &&
    Array.isArray(answer.values) &&
    "first" in answer &&
    isPosition(answer.first) &&
    "next" in answer &&
    isPosition(answer.next)
  );
}

function isReservation(answer: unknown): answer is Reservation {
  if (typeof answer !== "object" || answer === null || !("ok" in answer)) return false;
  return answer.ok === true || (answer.ok === false && "index" in answer && Number.isSafeInteger(answer.index));
}
