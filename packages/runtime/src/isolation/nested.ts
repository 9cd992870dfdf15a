import { copyJson } from "@writ/ir";
import type { Attempt, CallContext } from "../call/context.js";
import type { HeldArgs } from "../faults/held-call.js";
import type { HeldPort } from "../faults/held-port.js";
import { REFUSALS } from "../messages.js";
import type { Outcome } from "../outcome.js";
import type { ToolCall } from "../port.js";
import type { CallTier, Nested, NestedOutcome } from "../ports/sandbox.js";
import type { Learned } from "./learned.js";
import { NESTED_RESULT, type NestedIn } from "./nested-in.js";
import { brokered } from "./undeclared.js";

/** The one path of a call (`call.ts`), handed down to where a call is made within another. */
export type TakeCall = (context: CallContext, call: ToolCall, args: HeldArgs, port: HeldPort) => Promise<Outcome>;

/** Nested calls of one run that may be under way at once. */
const MAX_AT_ONCE = 32;

/**
 * What a program behind walls asks for. A tool that the policy declares (`net.fetch`, `fs.read`) takes the way of every
 * call: decided, limited, recorded, its result filtered and labelled. One that it does not declare is granted by the
 * lists of the tier or the tool alone, and recorded. Neither knows the other's call but by what labels it carries.
 */
export function nestedCalls(
  context: CallContext,
  attempt: Attempt,
  tier: CallTier,
  learned: Learned,
  take: TakeCall,
): Nested {
  let underWay = 0;
  const nestedIn: NestedIn = {
    call: attempt.id,
    flow: attempt.verdict.scope?.flow,
    learned,
    listed: false,
  };
  return async (call, perform) => {
    if (underWay >= MAX_AT_ONCE) return refusal(`more than ${MAX_AT_ONCE} effects at once`);
    underWay += 1;
    try {
      if (attempt.flight.ending !== undefined) return refusal(attempt.flight.ending.message);
      const declared = context.program.byName.get(call.tool);
      if (declared === undefined) return await brokered(context, attempt, tier, call, perform);
      const listed = call.tool === "net.fetch" && attempt.verdict.tool?.tool.network !== undefined;
      const child: CallContext = {
        ...context,
        // A text is a text: names of results are for the model, and a call under way is let finish.
        handles: undefined,
        closed: () => false,
        nestedIn: { ...nestedIn, listed },
      };
      const port: HeldPort = { execute: async (args, signal) => perform(args, signal), isControlFlow: () => false };
      const { signal } = attempt.call;
      const name = declared.tool.as ?? declared.tool.name;
      const made = { tool: name, args: call.args, ...(signal === undefined ? {} : { signal }) };
      return outcomeOf(await take(child, made, copyJson(call.args), port));
    } catch {
      return refusal(REFUSALS.fault);
    } finally {
      underWay -= 1;
    }
  };
}

function refusal(message: string): NestedOutcome {
  return { ok: false, message };
}

/** What the program is told. A result that is no data is none. */
function outcomeOf(outcome: Outcome): NestedOutcome {
  if (outcome.status !== "done") return refusal(outcome.message);
  const copied = copyJson(outcome.result ?? null, NESTED_RESULT);
  return copied.ok ? { ok: true, result: copied.value } : refusal(REFUSALS.withheld);
}
