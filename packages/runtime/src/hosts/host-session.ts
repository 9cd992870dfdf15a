import { canonicalize, copyJson, type Json } from "@writ/ir";
import { AuditError } from "../audit/audit-error.js";
import { GuardError } from "../errors.js";
import type { Guard } from "../guard.js";
import type { SessionOptions } from "../identify.js";
import type { Session } from "../session.js";
import { StateError } from "../state/state-error.js";
import { isSameData } from "./same-data.js";

/** Who calls: a session's identity without its thread, which is the host's. */
export type HostIdentity = Omit<SessionOptions, "thread">;

const MOST = 1000;

/** A session that is kept: who it is for, as read when it was made, in which thread. */
interface Kept {
  readonly who: Json;
  readonly thread: string;
  readonly session: Promise<Session>;
}

/** The sessions of a guard by identity and thread, those used last at the end; and the last one of each thread. */
class Sessions {
  readonly #kept = new Map<string, Kept>();
  readonly #last = new Map<string, string>();

  /** The thread's last session, where it is for these very claims: they are compared, not copied and named anew. */
  again(who: unknown, thread: string): Promise<Session> | undefined {
    const name = this.#last.get(thread);
    const kept = name === undefined ? undefined : this.#kept.get(name);
    if (name === undefined || kept === undefined || !isSameData(who, kept.who)) return undefined;
    return this.#use(name, kept);
  }

  of(who: Json, thread: string, make: () => Promise<Session>): Promise<Session> {
    const name = canonicalize([thread, who]);
    const known = this.#kept.get(name);
    if (known !== undefined) return this.#use(name, known);
    const made = this.#use(name, { who, thread, session: make() });
    made.catch(() => (this.#kept.get(name)?.session === made ? this.#forget(name) : undefined));
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST && oldest !== undefined) this.#forget(oldest);
    return made;
  }

  #use(name: string, kept: Kept): Promise<Session> {
    this.#kept.delete(name);
    this.#kept.set(name, kept);
    this.#last.set(kept.thread, name);
    return kept.session;
  }

  #forget(name: string): void {
    const thread = this.#kept.get(name)?.thread;
    this.#kept.delete(name);
    if (thread !== undefined && this.#last.get(thread) === name) this.#last.delete(thread);
  }
}

/** Of threads, which have a name; and of runs, which have none, for as long as the host holds them. */
class Held {
  readonly threads = new Sessions();
  readonly #runs = new WeakMap<object, Sessions>();

  run(run: object): Sessions {
    const before = this.#runs.get(run);
    if (before !== undefined) return before;
    const sessions = new Sessions();
    this.#runs.set(run, sessions);
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
  const [sessions, name] = typeof thread === "string" ? [held.threads, thread] : [held.run(thread), ""];
  const again = sessions.again(who, name);
  if (again !== undefined) return again;
  const copied = copyJson(who);
  const { thread: _theirs, ...own }: SessionOptions = who;
  const make = (): Promise<Session> => guard.session(typeof thread === "string" ? { ...own, thread } : own);
  // What is not plain data has no name to be kept under; the guard says what is wrong with it.
  return copied.ok ? sessions.of(copied.value, name, make) : make();
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
