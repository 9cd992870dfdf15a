import { AuditError, GuardError, StateError, type Guard, type Session, type SessionOptions } from "@writ/runtime";
import type { Caller } from "./place.js";

/** Who calls: a session's identity without its thread, which is the agent's thread or run. */
export type Identity = Omit<SessionOptions, "thread">;

/**
 * Says who calls, as your own authentication proved it; asked at every call. Never take it from messages or from what the
 * model wrote. A sub-agent gives a session of its own: `(await guard.session(...)).delegate({ agent })`.
 */
export type Identify = (caller: Caller) => Identity | Session | Promise<Identity | Session>;

const MOST = 1000;
const known = new WeakMap<Guard, Map<string, Promise<Session>>>();

/** The session of a call; `undefined` where the guard cannot keep its records, so that no call is made. */
export async function sessionOf(guard: Guard, identify: Identify, caller: Caller): Promise<Session | undefined> {
  const thread = caller.threadId ?? caller.runId;
  try {
    const who: unknown = await identify(caller);
    if (isSession(who)) return who;
    if (!isIdentity(who)) throw new GuardError("identity_invalid", "`identity` did not say who calls");
    if (thread === undefined) return await guard.session(who);
    return await kept(guard, { ...who, thread });
  } catch (error) {
    if (error instanceof AuditError || error instanceof StateError) return undefined;
    throw error;
  }
}

/** The session of a thread, made once: each that is made is a record of its own. */
async function kept(guard: Guard, options: SessionOptions): Promise<Session> {
  const sessions = known.get(guard) ?? new Map<string, Promise<Session>>();
  known.set(guard, sessions);
  const key = JSON.stringify(options);
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

function isSession(who: unknown): who is Session {
  return typeof who === "object" && who !== null && "call" in who && typeof who.call === "function";
}

function isIdentity(who: unknown): who is Identity {
  return typeof who === "object" && who !== null && "user" in who;
}
