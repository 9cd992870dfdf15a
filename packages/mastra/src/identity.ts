import { hostSession, type Guard, type HostIdentity, type Session } from "@writ/runtime";
import type { Caller } from "./place.js";

/** Who calls: a session's identity without its thread, which is the agent's thread or run. */
export type Identity = HostIdentity;

/**
 * Says who calls, as your own authentication proved it; asked at every call. Never take it from messages or from what the
 * model wrote. A sub-agent gives a session of its own: `(await guard.session(...)).delegate({ agent })`.
 */
export type Identify = (caller: Caller) => Identity | Session | Promise<Identity | Session>;

/** The session of whoever calls. */
export async function sessionOf(guard: Guard, identify: Identify, caller: Caller): Promise<Session> {
  return hostSession(guard, await identify(caller), caller.threadId ?? caller.runId);
}
