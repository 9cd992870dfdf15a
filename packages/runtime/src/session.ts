import { canonicalize, copyJson, type Identity, type Json } from "@writ/ir";
import { guardedCall, type CallContext } from "./call.js";
import { journalKey } from "./journal.js";
import type { Outcome } from "./outcome.js";
import type { Execute, HostPort, ToolCall } from "./port.js";

/** A conversation of one agent for one person. Its id is minted by Writ and bound to the identity. */
export interface Session {
  readonly id: string;
  readonly identity: Identity;
  /**
   * Decides a call and, where it may, runs it. Never rejects for anything the call holds or a part of the guard
   * does: refusals and failures are values. Only the host's own control flow passes through as it was thrown.
   */
  call(call: ToolCall, tool: Execute | HostPort): Promise<Outcome>;
  /** How often a step of a host that replays steps has paused for this guard (see {@link Session.paused}). */
  pauses(scope: string): Promise<number>;
  /**
   * Counts a pause of a step, before the host is told to pause. A host that replays a step from its start (LangGraph)
   * must take every earlier pause again, in order, or a later pause is handed an earlier one's value.
   */
  paused(scope: string): Promise<void>;
}

/** A session over the parts of its guard. */
export function createSession(context: CallContext): Session {
  const underWay = new Map<string, Promise<Outcome>>();
  const pauseKey = (scope: string): string => `pauses/${context.session}/${journalKey(context.session, { callId: "", tool: "", scope }, null)}`;

  async function call(made: ToolCall, tool: Execute | HostPort): Promise<Outcome> {
    const port = typeof tool === "function" ? { execute: async (args: Json, signal: AbortSignal) => tool(args, signal) } : tool;
    // Read once, here: what is told apart, decided, recorded and run is this copy.
    const args = copyJson(made.args);
    const { callId, scope = "", tool: name } = made;
    const named = typeof callId === "string" && callId !== "" && typeof scope === "string" && typeof name === "string";
    if (!named || !args.ok) return guardedCall(context, made, args, port);
    // The same call twice at once is one call.
    const key = canonicalize([scope, callId, name, args.value]);
    const running = underWay.get(key);
    if (running !== undefined) return running;
    const outcome = guardedCall(context, made, args, port);
    underWay.set(key, outcome);
    try {
      return await outcome;
    } finally {
      underWay.delete(key);
    }
  }

  return {
    id: context.session,
    identity: context.identity,
    call,
    async pauses(scope) {
      const found = await context.state.get(pauseKey(scope));
      return typeof found?.value === "number" ? found.value : 0;
    },
    async paused(scope) {
      for (;;) {
        const found = await context.state.get(pauseKey(scope));
        const count = typeof found?.value === "number" ? found.value : 0;
        if (await context.state.compareAndSet(pauseKey(scope), found?.version, count + 1)) return;
      }
    },
  };
}
