import type { CallContext } from "./call/context.js";
import type { Enforced } from "./enforce/enforced.js";
import type { Program } from "./evaluate/program.js";
import type { SessionMemory } from "./flow/session-memory.js";
import { newMemory, remembers } from "./flow/session-memories.js";
import { REFUSALS } from "./messages.js";

/**
 * What a session's next call is made under: the policy in force at that moment. Where labels, results or the past mean
 * something else under a new policy than under the one before, nothing of the session is known any more: that refuses
 * or asks, and never allows. Calls under way go on under the policy they began with.
 */
export function seat(first: CallContext, current: () => Enforced): () => CallContext {
  let context = first;
  return () => {
    const now = current();
    if (now.program !== context.program) context = moved(context, now);
    return context;
  };
}

function moved(context: CallContext, { program, facts, approvals, walls }: Enforced): CallContext {
  const chain = context.chain ?? [];
  const narrowed = chain.some((link) => link.program !== context.program);
  const next: CallContext = {
    ...context,
    program,
    facts,
    approvals,
    walls,
    chain: chain.map((link) => Object.assign({}, link, { program })),
    ...(narrowed ? { end: { ...over, end: async () => context.end?.end() } } : {}),
  };
  if (remembers(context.program) === remembers(program)) return next;
  const memory = successorOf(context.memory, program);
  // A name that was given out is never given to something else.
  const named = context.memory.handles;
  const handles = context.handles === undefined ? undefined : () => `$${named + memory.handles + 1}`;
  return { ...next, memory, recall: undefined, handles };
}

/** A session, its delegates and other objects of its thread have one memory, and have one again under the new policy. */
function successorOf(before: SessionMemory, program: Program): SessionMemory {
  const known = successors.get(before);
  if (known?.program === program) return known.memory;
  const memory = newMemory(program, false);
  successors.set(before, { program, memory });
  return memory;
}

const successors = new WeakMap<SessionMemory, { readonly program: Program; readonly memory: SessionMemory }>();

/** A delegate's own policy was held against the policy before: nobody has looked whether it narrows the new one. */
const over = {
  look: async () => ({
    cause: "ended" as const,
    message: REFUSALS.ended,
    why: "the policy was replaced since this agent was delegated to by a policy of its own; delegate again",
  }),
};
