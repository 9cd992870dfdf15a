import type { Json } from "@writ/ir";

/**
 * Proves from a token who somebody is. It never rejects: what cannot be proven is a value. `verifyJwt` of
 * `@writ/runtime/jwt` gives one.
 */
export interface IdentityVerifier {
  verify(token: string): Promise<Verification>;
}

/** Claims as the policy names them. */
export interface Claims {
  readonly [claim: string]: Json;
}

/** Who a token proves somebody to be, or why it proves nothing. */
export type Verification =
  | {
      readonly ok: true;
      /** For `guard.session({ user })`, and for an approver. */
      readonly user: Claims & { readonly id: string };
      /** For `guard.session({ agent })`. */
      readonly agent: Claims;
      /** Who acts for the user, the first that was delegated to first; empty where the user acts. */
      readonly chain: readonly string[];
      /** When the proof ends, milliseconds since 1970. */
      readonly expires: number;
    }
  | { readonly ok: false; readonly code: VerificationFault; readonly message: string };

/**
 * `malformed`: no token of the kind. `refused`: a token, and not one that is accepted (signature, algorithm, issuer,
 * audience, a claim that is missing or malformed). `expired` and `not_yet`: outside of its time. `unavailable`: the keys
 * to check it with cannot be had.
 */
export type VerificationFault = "malformed" | "refused" | "expired" | "not_yet" | "unavailable";
