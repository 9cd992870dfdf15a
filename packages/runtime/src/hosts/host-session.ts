import { copyJson, type Json } from "@writ/ir";
import { AuditError } from "../audit/audit-error.js";
import { GuardError } from "../errors.js";
import type { Guard } from "../guard.js";
import type { SessionOptions } from "../identity/identify.js";
import type { Session } from "../session.js";
import { StateError } from "../state/state-error.js";
import { isSameData } from "./same-data.js";

/** Who calls: a session's identity without its thread, which is the host's. */
export type HostIdentity = Omit<SessionOptions, "thread">;

/** Threads whose sessions are kept, and sessions of one thread. */
const MOST = 1000;
const MOST_OF_ONE = 100;

/** A session that is kept, and who it is for, as read when it was made. */
interface Kept {
  readonly who: Json;
  readonly session: Promise<Session>;
}

/** The sessions of one thread or run, by who they are for; those used last at the end. */
class Sessions {
  readonly #kept: Kept[] = [];

  /** Claims that are the same are compared, not copied and named anew. */
  of(who: unknown, make: () => Promise<Session>): Promise<Session> {
    const known = this.#find(who);
    if (known !== undefined) return known;
    const copied = copyJson(who);
    // What is not plain data is nobody that could be known again; the guard says what is wrong with it.
    return copied.ok ? (this.#find(copied.value) ?? this.#keep(copied.value, make())) : make();
  }

  #find(who: unknown): Promise<Session> | undefined {
    const at = this.#kept.findLastIndex((kept) => isSameData(who, kept.who));
    const found = this.#kept[at];
    if (found !== undefined && at < this.#kept.length - 1) this.#kept.push(...this.#kept.splice(at, 1));
    return found?.session;
  }

  #keep(who: Json, session: Promise<Session>): Promise<Session> {
    const kept = { who, session };
    this.#kept.push(kept);
    if (this.#kept.length > MOST_OF_ONE) this.#kept.shift();
    session.catch(() => {
      const at = this.#kept.indexOf(kept);
      if (at >= 0) this.#kept.splice(at, 1);
    });
    return session;
  }
}

/** Of threads, which have a name, those used last at the end; and of runs, which have none, for as long as the host holds them. */
class Held {
  readonly #threads = new Map<string, Sessions>();
  readonly #runs = new WeakMap<object, Sessions>();

  in(thread: string | object): Sessions {
    if (typeof thread === "object") {
      const sessions = this.#runs.get(thread) ?? new Sessions();
      this.#runs.set(thread, sessions);
      return sessions;
    }
    const sessions = this.#threads.get(thread) ?? new Sessions();
    this.#threads.delete(thread);
    this.#threads.set(thread, sessions);
    const [oldest] = this.#threads.size > MOST ? this.#threads.keys() : [];
    if (oldest !== undefined) this.#threads.delete(oldest);
    return sessions;
  }
}

const known = new WeakMap<Guard, Held>();

/**
 * The session of whoever a host says is there, in the host's own thread. It is made once for each identity and thread, and
 * kept while it is used: each that is made is a record of its own. Instead of a thread's name an object stands for a run of the
 * host that nobody takes up again in another process: nothing of what its session knows is written to the state store for
 * that. A session that the host made itself is taken as it is.
 * Rejects as `guard.session` does, and with a {@link GuardError} `identity_invalid` where nobody was named.
 */
export async function hostSession(guard: Guard, who: unknown, thread: string | object | undefined): Promise<Session> {
  if (isSession(who)) return who;
  if (!isIdentity(who)) throw new GuardError("identity_invalid", "`identity` did not say who calls");
  if (thread === undefined) return guard.session(who);
  const held = known.get(guard) ?? new Held();
  known.set(guard, held);
  return held.in(thread).of(who, () => {
    const { thread: _theirs, ...own }: SessionOptions = who;
    return guard.session(typeof thread === "string" ? { ...own, thread } : own);
  });
}

/** Why a guard makes no call at all: its log or its store fails. */
export type Unable = "audit" | "state";

/** What was asked of a guard, or why it can keep no records: a host then refuses the calls, and its agent goes on. */
export async function orUnable<T>(asked: Promise<T>): Promise<T | Unable> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof AuditError) return "audit";
    if (error instanceof StateError) return "state";
    throw error;
  }
}

function isSession(who: unknown): who is Session {
  return typeof who === "object" && who !== null && "call" in who && typeof who.call === "function";
}

function isIdentity(who: unknown): who is HostIdentity {
  return typeof who === "object" && who !== null && "user" in who;
}
