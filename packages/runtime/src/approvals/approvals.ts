import type { Json } from "@writ/ir";
import type { Approval } from "./approval.js";
import type { RememberedGrant } from "./remembered.js";

/** Who decides: the claims of the policy's `user` identity. */
export interface Approver {
  readonly id: string;
  readonly [claim: string]: Json;
}

/**
 * Whose word it is. `by`: the host's own authentication proved it, and the host vouches for it; a guard that was created
 * with `approvers` refuses it. `token`: that verifier proves it.
 */
export type Whose = { readonly by: Approver; readonly token?: never } | { readonly token: string; readonly by?: never };

/** One person's word on an approval. */
export type Word = Whose & {
  readonly grant: boolean;
  /**
   * `shown` of the approval that this person had before them. Another is refused: the word was given on something
   * else. Required with a grant where the guard proves its approvers.
   */
  readonly shown?: string;
};

export type Resolution =
  | { readonly ok: true; readonly approval: Approval }
  | { readonly ok: false; readonly code: ResolutionFault; readonly message: string };

export type Revocation =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: ResolutionFault; readonly message: string };

/**
 * Why a word does not count. `unproven`: it is not known whose it is. `not_shown`: it was not given on this approval.
 * `unavailable`: it could not be recorded or kept, so nothing changed.
 */
export type ResolutionFault =
  | "unknown"
  | "unproven"
  | "not_shown"
  | "not_pending"
  | "expired"
  | "not_eligible"
  | "already_decided"
  | "unavailable";

/** Calls that wait for a person. The only way to a grant is {@link Approvals.resolve}: no framework's resume carries one. */
export interface Approvals {
  /** What waits, oldest first; of one session, without looking at any other. */
  list(of?: { readonly session?: string }): Promise<readonly Approval[]>;
  get(id: string): Promise<Approval | undefined>;
  /**
   * Waits until an approval is granted or at an end, decided here or by another process, and gives it. Where the signal
   * fires or the guard closes before, what it gives is still `pending`; undefined: there is none. A grant that it gives
   * lets nothing run by itself: the call has to be made again, and is decided again.
   */
  wait(id: string, options?: { readonly signal?: AbortSignal }): Promise<Approval | undefined>;
  /**
   * One person's word. It must come from that person, never from the model or the client. Roles are tested with the
   * person as `user`, and unknown does not count; the one who made the request does not count unless the rule's `from`
   * names `requester`. One rejection ends the approval.
   */
  resolve(id: string, word: Word): Promise<Resolution>;
  /**
   * Takes back an approval that was not used yet, or a remembered grant: by the one who made the request, or by anybody
   * who may agree to it. The call is then refused as if it had been rejected; a remembered grant covers no call that
   * comes after.
   */
  revoke(id: string, whose: Whose): Promise<Revocation>;
  /** Grants that still cover later calls (`remember`), oldest first. */
  remembered(): Promise<readonly RememberedGrant[]>;
}
