import { promptly, readily } from "../faults/prompt.js";
import { REFUSALS } from "../messages.js";
import type { AuditSink } from "../ports/audit-sink.js";
import type { Clock } from "../ports/clock.js";
import type { StateStore } from "../ports/state-store.js";
import { quietly } from "../quietly.js";
import type { Ending } from "./flights.js";

interface Ports {
  readonly audit: AuditSink;
  readonly state: StateStore;
  readonly clock: Clock;
  /** Ends the writing of what the session remembers; absent where that is another session's memory. */
  readonly memories?: { end(session: string): Promise<void> };
}

/** What belongs to one session alone: nothing of it is needed once the session cannot be used again. */
const OWN = [
  (session: string) => `call/${session}/`,
  (session: string) => `limit/${session}/`,
  (session: string) => `pauses/${session}/`,
  (session: string) => `memory/${session}`,
  (session: string) => `undo/${session}`,
];

const markOf = (session: string): string => `ended/${session}`;

/**
 * The end of a session, for good. The mark is durable before anything is forgotten: a session whose counters are gone
 * is never one that can still be used. A crash in between leaves what is forgotten the next time it is ended.
 */
export class SessionEnd {
  readonly #ports: Ports;
  readonly #session: string;
  /** Others may hold the same session: those of a thread. */
  readonly #shared: boolean;
  #ended = false;

  constructor(ports: Ports, session: string, shared: boolean) {
    this.#ports = ports;
    this.#session = session;
    this.#shared = shared;
  }

  /** Why a call may not start. Rejects where the store does not say: then it may not start either. */
  look(): Ending | undefined | Promise<Ending | undefined> {
    if (!this.#shared || this.#ended) return this.#ending();
    // A store that answers at once is not waited for, unless there is something to do.
    const now = promptly(this.#ports.state);
    return now !== undefined && now.get(markOf(this.#session)) === undefined ? undefined : this.#lookInStore();
  }

  async #lookInStore(): Promise<Ending | undefined> {
    // Never set back: it may have been ended here while the store was asked.
    if (await hasEnded(this.#ports.state, this.#session)) await this.#endedElsewhere();
    return this.#ending();
  }

  /** What was written here between the end in another process and this look is forgotten too. */
  async #endedElsewhere(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    const { state, memories } = this.#ports;
    if (memories === undefined) return;
    await quietly(memories.end(this.#session));
    await quietly(state.forget(`memory/${this.#session}`));
  }

  #ending(): Ending | undefined {
    return this.#ended
      ? { cause: "ended", message: REFUSALS.ended, why: "the session was ended; a new one is needed" }
      : undefined;
  }

  /** From here on no call starts, in this process at once. Calls under way end as they are. */
  async end(): Promise<void> {
    this.#ended = true;
    const { state, audit, clock, memories } = this.#ports;
    const at = clock.now();
    await audit.append(
      { type: "incident", at, code: "session_ended", message: "no call of it starts any more", session: this.#session },
      { durable: true },
    );
    const found = await state.get(markOf(this.#session));
    if (found === undefined) await state.compareAndSet(markOf(this.#session), undefined, at);
    await memories?.end(this.#session);
    for (const own of OWN) await state.forget(own(this.#session));
  }
}

/** Whether a session was ended, in any process. */
export async function hasEnded(state: StateStore, session: string): Promise<boolean> {
  return (await readily(state).get(markOf(session))) !== undefined;
}
