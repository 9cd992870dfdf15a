import type { Json } from "@writ/ir";
import { wireOf } from "../evaluate/wire.js";
import type { Program } from "../evaluate/program.js";
import { holdProcess } from "../faults/deadlines.js";
import { History } from "../history/history.js";
import type { StateStore } from "../ports/state-store.js";
import { quietly } from "../quietly.js";
import { meaning } from "./meaning.js";
import { MemoryCodec } from "./memory-codec.js";
import { MemoryLog } from "./memory-log.js";
import { SessionMemory } from "./session-memory.js";

/** Sessions of threads that are held in memory; one that is pushed out is let go of, and folded again when it is asked for. */
const MAX_SESSIONS = 10_000;
/** How often sessions that rest are let go of, in milliseconds. */
const REST = 60_000;

/** A fresh memory. `whole`: the session begins here and now. */
export function newMemory(program: Program, whole: boolean): SessionMemory {
  return new SessionMemory(program.lattice, {
    whole,
    index: program.indexed,
    history: new History(program.watched, whole),
  });
}

/** The memories of a guard's sessions that have a thread: the same session may be asked for at every step, and anywhere. */
export class SessionMemories {
  readonly #program: Program;
  readonly #state: StateStore;
  readonly #byId = new Map<string, Promise<MemoryLog>>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(program: Program, state: StateStore) {
    this.#program = program;
    this.#state = state;
  }

  /** The memory of a session, taken up from the store where it is not held here. Rejects with a `StateError`. */
  async of(id: string, resumed: boolean): Promise<MemoryLog> {
    const held = this.#byId.get(id) ?? this.#open(id, resumed);
    if (this.#timer === undefined) {
      this.#timer = setInterval(() => void this.rest(), REST);
      holdProcess(this.#timer, false);
    }
    this.#byId.delete(id);
    this.#byId.set(id, held);
    const [oldest] = this.#byId.size > MAX_SESSIONS ? this.#byId : [];
    if (oldest !== undefined) {
      this.#byId.delete(oldest[0]);
      void quietly(oldest[1].then((log) => log.close()));
    }
    try {
      return await held;
    } catch (error) {
      if (this.#byId.get(id) === held) this.#byId.delete(id);
      throw error;
    }
  }

  /** The session was ended: nothing more of it is written. */
  async end(id: string): Promise<void> {
    const held = this.#byId.get(id);
    this.#byId.delete(id);
    if (held !== undefined) await quietly(held.then((log) => log.end()));
  }

  /** The sessions that are held. */
  get ids(): Iterable<string> {
    return this.#byId.keys();
  }

  /** Lets go of the sessions that were not used since the last time, until they are: a crash of the machine then loses none of them. */
  async rest(): Promise<void> {
    for (const held of this.#byId.values()) await quietly(held.then((log) => log.rest()));
  }

  /** Lets go of all of them in order; what cannot be written is unknown to the next process. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    const held = [...this.#byId.values()];
    this.#byId.clear();
    await Promise.all(held.map((log) => quietly(log.then((one) => one.close()))));
  }

  #open(id: string, resumed: boolean): Promise<MemoryLog> {
    const place = {
      state: this.#state,
      key: `memory/${id}`,
      codec: new MemoryCodec(this.#program),
      remembers: remembers(this.#program),
    };
    return MemoryLog.open(newMemory(this.#program, true), place, resumed);
  }
}

const known = new WeakMap<Program, string>();

/**
 * Digest of what of a policy decides what a memory holds and what it means: labels, tools, types, endorsements, output
 * rules, roles, params, and what is watched. Other rules may change without a session losing its memory.
 */
export function remembers(program: Program): string {
  const before = known.get(program);
  if (before !== undefined) return before;
  const { bundle, params, types, watched } = program;
  const { labels, tools, endorsements, taint, intents, roles } = bundle;
  const outputs = bundle.rules.filter((rule) => rule.kind === "output");
  const values = bundle.params.map(({ name, type }): Json => {
    const value = params.get(name);
    return [name, value === undefined ? null : wireOf(value, type, types)];
  });
  const watching = [watched.tools, watched.args, watched.results].map((names) => [...names].toSorted());
  const found = meaning({
    labels,
    types: bundle.types,
    tools,
    endorsements,
    taint,
    intents,
    roles,
    outputs,
    values,
    watching,
    // What no rule looked at was not kept.
    kept: [program.flows, program.indexed],
  });
  known.set(program, found);
  return found;
}
