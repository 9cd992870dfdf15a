import type { Guard, HostPort, Outcome, ToolCall } from "@writ/runtime";

/** A call that came through the guard: what was asked, what became of it, and how long the guard itself took. */
export interface Seen {
  readonly tool: string;
  readonly args: unknown;
  readonly outcome: Outcome;
  /** Milliseconds of the whole call less those of the tool. */
  readonly guardMs: number;
}

/** The same guard, with someone looking on: for the screen, which tells more than the model may know. */
export function watched(guard: Guard, seen: (call: Seen) => void): Guard {
  return {
    policy: guard.policy,
    approvals: guard.approvals,
    unavailable: guard.unavailable,
    doubtful: guard.doubtful,
    close: () => guard.close(),
    async session(options) {
      const session = await guard.session(options);
      return {
        id: session.id,
        identity: session.identity,
        pauses: (scope) => session.pauses(scope),
        paused: (scope, pauses) => session.paused(scope, pauses),
        async call(call: ToolCall, tool) {
          let toolMs = 0;
          const port: HostPort =
            typeof tool === "function" ? { execute: async (args, signal) => tool(args, signal) } : tool;
          const from = performance.now();
          const outcome = await session.call(call, {
            ...port,
            async execute(args, signal) {
              const begun = performance.now();
              try {
                return await port.execute(args, signal);
              } finally {
                toolMs = performance.now() - begun;
              }
            },
          });
          seen({ tool: call.tool, args: call.args, outcome, guardMs: performance.now() - from - toolMs });
          return outcome;
        },
      };
    },
  };
}
