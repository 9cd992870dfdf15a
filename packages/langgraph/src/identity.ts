import { AsyncLocalStorage } from "node:async_hooks";
import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import {
  GuardError,
  hostSession,
  type DelegateOptions,
  type Guard,
  type HostIdentity,
  type Session,
} from "@writ/runtime";
import { threadOf } from "./thread.js";

/** Who calls: a session's identity without its thread, which is the graph's. */
export type NodeIdentity = HostIdentity;

/**
 * Says who calls, as the host's own authentication proved it; asked whenever calls are taken. Never take it from messages,
 * from what the model wrote, or from a `configurable` that a client may fill. A session that the host made itself is
 * taken as it is. Where it throws, nothing runs.
 */
export type Identify = (config: LangGraphRunnableConfig) => NodeIdentity | Session | Promise<NodeIdentity | Session>;

interface Running {
  readonly session: Session;
  /** Names the call: the same when its step is replayed. */
  readonly task: () => string;
}

const running = new AsyncLocalStorage<Running>();

/** Runs a tool as part of a call, so that what it calls knows for whom it acts. */
export function during<T>(current: Running, run: () => T): T {
  return running.run(current, run);
}

/**
 * The identity of a sub-agent: it acts for the session whose tool started it, so its calls are decided for every agent in
 * the chain, and share that session's labels, limits and approvals. Throws a {@link GuardError} `identity_invalid` where
 * no guarded call is under way.
 */
export function delegated(options: Omit<DelegateOptions, "task">): Identify {
  return async () => {
    const current = running.getStore();
    if (current === undefined)
      throw new GuardError("identity_invalid", "a delegate acts for somebody: it runs in a tool that the guard runs");
    return current.session.delegate({ ...options, task: current.task() });
  };
}

/** The session of whoever calls. */
export async function sessionOf(guard: Guard, identify: Identify, config: LangGraphRunnableConfig): Promise<Session> {
  return hostSession(guard, await identify(config), threadOf(config));
}
