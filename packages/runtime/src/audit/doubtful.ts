import type { DoubtfulCall } from "../ports/audit-sink.js";
import { isRecord } from "./record-fields.js";

/** What the tracker looks at in a record, whichever it is and wherever it comes from. */
interface Observable {
  readonly type?: unknown;
  readonly seq?: unknown;
  readonly at?: unknown;
  readonly session?: unknown;
  readonly call?: unknown;
  readonly tool?: unknown;
  readonly effect?: unknown;
  readonly mode?: unknown;
  readonly pending?: unknown;
  readonly shadow?: unknown;
}

/**
 * Reads a log for calls that may have happened and have no outcome: those with an intent to allow. A call that was
 * refused never began, and one that waits for a person begins with an intent of its own, made after its approval
 * was used. In shadow mode nothing is refused, so all begin.
 */
export class DoubtfulTracker {
  readonly #pending = new Map<string, DoubtfulCall>();
  #shadow = false;

  get shadow(): boolean {
    return this.#shadow;
  }

  /** How many calls began and have no outcome. */
  get size(): number {
    return this.#pending.size;
  }

  /** `seq` is the record's number where it does not stand in it yet. */
  observe(record: Observable, seq = record.seq): void {
    const { type, session, call, tool, at } = record;
    if (type === "policy") {
      this.#shadow = record.mode === "shadow";
      return;
    }
    if (type === "segment") {
      this.#begin(record);
      return;
    }
    if (typeof session !== "string" || typeof call !== "string") return;
    const key = keyOf(session, call);
    if (type === "outcome") this.#pending.delete(key);
    else if (type === "intent" && typeof tool === "string" && typeof seq === "number" && typeof at === "number") {
      // What may have happened is not undone by a later refusal under the same id.
      if (this.#pending.has(key)) return;
      if (this.#shadow || record.effect === "allow") this.#pending.set(key, { seq, session, call, tool, at });
    }
  }

  /** The first record of a segment carries what those before have come to: they may be unread, or erased. */
  #begin(record: Observable): void {
    const { pending, shadow } = record;
    this.#shadow = shadow === "yes";
    this.#pending.clear();
    for (const one of Array.isArray(pending) ? pending : []) {
      if (!isRecord(one)) continue;
      const { session, call, tool, seq, at } = one;
      if (typeof session !== "string" || typeof call !== "string" || typeof tool !== "string") continue;
      if (typeof seq !== "number" || typeof at !== "number") continue;
      this.#pending.set(keyOf(session, call), { seq, session, call, tool, at });
    }
  }

  /** Those that began, oldest first. */
  result(): readonly DoubtfulCall[] {
    return [...this.#pending.values()].toSorted((a, b) => a.seq - b.seq);
  }
}

/** Different for different pairs: the length says where the first ends. */
function keyOf(session: string, call: string): string {
  return `${session.length}:${session}${call}`;
}
