/** Why an API call was refused; `code` is stable, the message is for a person. */
export type GuardErrorCode =
  | "policy_missing"
  | "policy_invalid"
  | "policy_empty"
  | "policy_unexpected"
  | "audit_missing"
  | "state_missing"
  | "identity_invalid"
  | "params_invalid"
  | "facts_missing"
  | "tools_invalid"
  | "tiers_unavailable"
  | "guard_closed"
  | "session_ended"
  | "clock_failed"
  | "state_busy"
  | "call_running"
  | "misuse";

/** Misuse of the API, or a guard that may not start. Decisions are never thrown: they are values. */
export class GuardError extends Error {
  readonly code: GuardErrorCode;

  constructor(code: GuardErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "GuardError";
    this.code = code;
  }
}
