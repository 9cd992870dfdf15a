import { GuardError } from "../errors.js";
import { holdProcess } from "../faults/deadlines.js";
import { JOURNAL_RETENTION, pruneJournal, type JournalRetention } from "../call/journal.js";
import type { StateStore } from "../ports/state-store.js";
import { quietly } from "../quietly.js";

const DAY = 86_400_000;

/** Forgets what is kept for a time only: when a guard starts, and each day. Where that fails, more is kept. */
export class Housekeeping {
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(state: StateStore, retention: JournalRetention) {
    const tidy = (): void => void quietly(pruneJournal(state, retention));
    tidy();
    this.#timer = setInterval(tidy, DAY);
    holdProcess(this.#timer, false);
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

/** Throws a {@link GuardError} `misuse` on what is no retention. */
export function readRetention(given: Partial<JournalRetention> = {}): JournalRetention {
  const read = { ...JOURNAL_RETENTION, ...given };
  for (const name of ["entries", "resultBytes"] as const)
    if (!Number.isSafeInteger(read[name]) || read[name] < 0)
      throw new GuardError("misuse", `journal.${name} is a whole number from 0`);
  return read;
}
