import type { Program } from "../evaluate/program.js";
import { History } from "../history/history.js";
import { SessionMemory } from "./session-memory.js";

/** Sessions of threads whose memory is kept; one that is pushed out is as one begun elsewhere. */
const MAX_SESSIONS = 10_000;

/** A fresh memory. `whole`: the session begins here and now. */
export function newMemory(program: Program, whole: boolean): SessionMemory {
  return new SessionMemory(program.lattice, {
    whole,
    index: program.indexed,
    history: new History(program.watched, whole),
  });
}

/** The memories of a guard's sessions: a host may ask for the session of a thread anew at every step. */
export class SessionMemories {
  readonly #program: Program;
  readonly #byId = new Map<string, SessionMemory>();

  constructor(program: Program) {
    this.#program = program;
  }

  /** The memory of a session. One that was begun in another process has none here: what it did and read is unknown. */
  of(id: string, session: { readonly shared: boolean; readonly resumed: boolean }): SessionMemory {
    const kept = this.#byId.get(id);
    const memory = kept ?? newMemory(this.#program, !session.resumed);
    if (!session.shared) return memory;
    this.#byId.delete(id);
    this.#byId.set(id, memory);
    const oldest = this.#byId.size > MAX_SESSIONS ? this.#byId.keys().next().value : undefined;
    if (oldest !== undefined) this.#byId.delete(oldest);
    return memory;
  }
}
