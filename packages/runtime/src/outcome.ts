import type { Decision } from "@writ/ir";
import type { Approval } from "./approvals/approval.js";

interface Common {
  /** The call's id in the log. */
  readonly call: string;
  readonly decision: Decision;
  /** The decision in words for people, with rules and their places: never for the model. */
  readonly explanation: readonly string[];
}

/** What became of a call. A refusal is a value, never an exception. */
export type Outcome =
  /** `handle` names the result (`$1`) where the guard hands out handles. */
  | (Common & {
      readonly status: "done";
      readonly result: unknown;
      readonly replayed: boolean;
      readonly handle?: string;
    })
  /** `message` is for the model. The tool did not run. */
  | (Common & { readonly status: "refused"; readonly message: string; readonly cause: RefusalCause })
  /** A person has to agree; the tool did not run. Make the same call again once the approval is granted. */
  | (Common & { readonly status: "waiting"; readonly message: string; readonly approval: Approval })
  /** The tool ran, or may have run: `unknown` is a call that was started and never reported back. */
  | (Common & {
      readonly status: "failed";
      readonly message: string;
      readonly cause: FailureCause;
      readonly replayed: boolean;
    });

export type RefusalCause =
  | "policy"
  | "input"
  | "limit"
  | "tier"
  | "pin"
  | "rejected"
  | "expired"
  | "audit"
  | "state"
  | "closed"
  | "ended"
  | "stopped"
  | "breaker"
  | "aborted"
  | "fault"
  | "overload";

/**
 * `withheld`: the tool ran, and a rule of the policy keeps its result back. `settled`: what became of it was not known,
 * and a person found out that it happened.
 */
export type FailureCause = "error" | "timeout" | "aborted" | "unknown" | "unrecorded" | "withheld" | "settled";

/** What is said of a call that was decided and not made: {@link Session.check}. */
export type Checked =
  /** It may be made: nobody has to agree, or somebody did. It is decided again when it is made. */
  { readonly status: "clear" } | Outcome;
