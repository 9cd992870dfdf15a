/**
 * Why the state store did not do what was asked.
 * - `state_invalid`: a key, value, claim or time that no store accepts.
 * - `state_conflict`: an id reserved twice, or committed without a reservation.
 * - `state_overloaded`, `state_full`, `state_read_only`, `state_replaced`, `state_unavailable`, `state_locked`,
 *   `state_corrupt`, `state_closed`: as for the audit log.
 * - `state_timeout`: no answer in time; what was asked may have been done. `state_answer`, `state_failed`: as for the log.
 */
export type StateErrorCode =
  | "state_invalid"
  | "state_conflict"
  | "state_overloaded"
  | "state_full"
  | "state_read_only"
  | "state_replaced"
  | "state_unavailable"
  | "state_locked"
  | "state_corrupt"
  | "state_closed"
  | "state_timeout"
  | "state_answer"
  | "state_failed";

/** A state store could not be opened, read or changed. The message says what happened and what to do. */
export class StateError extends Error {
  readonly code: StateErrorCode;
  constructor(code: StateErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = "StateError";
    this.code = code;
  }
}
