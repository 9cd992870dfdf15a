import { GuardError, type Guard, type Saying } from "@writ/runtime";
import { guardCall, type Message } from "./guard-call.js";
import { mark } from "./guarded.js";
import { passing } from "./pause.js";
import { callerOf, text, type Context } from "./place.js";
import type { Identify } from "./identity.js";

export interface GuardStepOptions {
  readonly identity: Identify;
  /** The tool of the policy that the step is; its id where none is given. */
  readonly tool?: string;
  /** Who said the step's input, which is the text of the message; without it nobody vouches for it, and it is untrusted. */
  readonly said?: Saying<Message>;
}

/**
 * The same step of a workflow, decided as a tool call whose arguments are the step's input. Where it is refused it throws,
 * and the run fails; where a person has to agree it suspends, and is decided again when the run is resumed. It runs once a
 * run and input: a retry, a replay or a loop with the same input gets the recorded result.
 */
export function guardStep<STEP extends { readonly id: string; readonly execute: unknown }>(
  guard: Guard,
  step: STEP,
  options: GuardStepOptions,
): STEP {
  const { execute: run } = step;
  const { identity: identify, tool = step.id, said } = options ?? {};
  if (typeof identify !== "function" || typeof run !== "function")
    throw new GuardError("misuse", "guardStep needs a step, and `identity`: a function that says who calls");
  const execute = async (params: Context): Promise<unknown> => {
    const { inputData, suspendData: suspended, suspend, abortSignal: signal } = params;
    const caller = callerOf(params);
    return guardCall({
      guard,
      identify,
      caller,
      said,
      unseen: false,
      prompt: [{ role: "user", content: JSON.stringify(inputData) }],
      suspended,
      suspend,
      call: {
        tool,
        args: inputData,
        callId: JSON.stringify([text(params["workflowId"]) ?? null, step.id]),
        scope: JSON.stringify(["mastra", caller.runId ?? null]),
        ...(signal instanceof AbortSignal ? { signal } : {}),
      },
      run: (args, abortSignal, pause, own): unknown => {
        const resumed = own ? {} : { resumeData: undefined, suspendData: undefined };
        return Reflect.apply(run, step, [{ ...pause.heard(params), ...resumed, inputData: args, abortSignal }]);
      },
    });
  };
  mark(execute, guard);
  const guarded = { ...step };
  const own = { suspendSchema: Reflect.get(step, "suspendSchema"), resumeSchema: Reflect.get(step, "resumeSchema") };
  for (const [name, schema] of Object.entries(own))
    Object.defineProperty(guarded, name, {
      value: passing(schema),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  Object.defineProperty(guarded, "execute", { value: execute, enumerable: true, writable: true, configurable: true });
  return guarded;
}
