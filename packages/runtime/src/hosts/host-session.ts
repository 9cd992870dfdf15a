import { canonicalize, copyJson } from "@writ/ir";
import { AuditError } from "../audit/audit-error.js";
import { GuardError } from "../errors.js";
import type { Guard } from "../guard.js";
import type { SessionOptions } from "../identify.js";
import type { Session } from "../session.js";
import { StateError } from "../state/state-error.js";

/** Who calls: a session's identity without its thread, which is the host's. */
export type HostIdentity = Omit<SessionOptions, "thread">;

const MOST = 1000;
const known = new WeakMap<Guard, Map<string, Promise<Session>>>();

/**
 * The session of whoever a host says is there, in the host's own thread. It is made once for each identity and thread, and
 * kept while it is used: each that is made is a record of its own. A session that the host made itself is taken as it is.
 * Rejects as `guard.session` does, and with a {@link GuardError} `identity_invalid` where nobody was named.
 */
export async function hostSession(guard: Guard, who: unknown, thread: string | undefined): Promise<Session> {
  if (isSession(who)) return who;
  if (!isIdentity(who)) throw new GuardError("identity_invalid", "`identity` did not say who calls");
  if (thread === undefined) return guard.session(who);
  const options = { ...who, thread };
  const copied = copyJson(options);
  // What is not plain data has no name to be kept under; the guard says what is wrong with it.
  if (!copied.ok) return guard.session(options);
  const sessions = known.get(guard) ?? new Map<string, Promise<Session>>();
  known.set(guard, sessions);
  const key = canonicalize(copied.value);
  const session = sessions.get(key) ?? guard.session(options);
  sessions.delete(key);
  sessions.set(key, session);
  const [oldest] = sessions.keys();
  if (sessions.size > MOST && oldest !== undefined) sessions.delete(oldest);
  try {
    return await session;
  } catch (error) {
    sessions.delete(key);
    throw error;
  }
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
