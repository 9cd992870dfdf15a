/** Where Mastra keeps what belongs to a pause: with the agent, with the workflow, or by itself. */
interface Holder {
  readonly suspend?: unknown;
  readonly resumeData?: unknown;
  readonly suspendPayload?: unknown;
  readonly [key: string]: unknown;
}

/** What of a tool's context the guard looks at; the rest passes through. */
export interface Context extends Holder {
  readonly agent?: Holder;
  readonly workflow?: Holder;
}

/** Who makes a call, as Mastra says it. None of it proves anybody's identity but what your own server put into `requestContext`. */
export interface Caller {
  readonly requestContext: { get(key: string): unknown };
  readonly agentId: string | undefined;
  readonly threadId: string | undefined;
  readonly resourceId: string | undefined;
  readonly runId: string | undefined;
}

/** The same of an agent's tool, a workflow's tool and a step. */
export function callerOf(context: Context): Caller {
  const { agent, workflow, requestContext } = context;
  return {
    requestContext: isReadable(requestContext) ? requestContext : { get: () => undefined },
    agentId: text(agent?.["agentId"]),
    threadId: text(agent?.["threadId"]) ?? text(context["threadId"]),
    resourceId: text(agent?.["resourceId"]) ?? text(context["resourceId"]),
    runId: text(context["runId"]) ?? text(workflow?.["runId"]),
  };
}

/** What the call was paused with, and what it is resumed with. */
export function holderOf({ agent, workflow, ...alone }: Context): Holder {
  return agent ?? workflow ?? alone;
}

export function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function isReadable(value: unknown): value is Caller["requestContext"] {
  return isObject(value) && typeof value["get"] === "function";
}
