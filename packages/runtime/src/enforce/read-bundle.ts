import type { Bundle } from "@writ/ir";
import { decodeBundle } from "@writ/ir/decode";
import { GuardError } from "../errors.js";

/** A bundle, what `loadPolicy` of `@writ/policy/node` gives, or the JSON text of a bundle compiled earlier. */
export type PolicySource = Bundle | { readonly bundle: Bundle } | string;

/** Decodes a policy. Throws a {@link GuardError} `policy_invalid` or `policy_empty`. */
export function readBundle(policy: PolicySource): Bundle {
  const given = typeof policy === "object" && policy !== null && "bundle" in policy ? policy.bundle : policy;
  const decoded = decodeBundle(given);
  if (!decoded.ok)
    throw new GuardError(
      "policy_invalid",
      `the policy is not a bundle this version can enforce: ${decoded.fault.path}: ${decoded.fault.message}`,
    );
  if (decoded.value.rules.length === 0)
    throw new GuardError("policy_empty", "the policy has no rules: every call would be refused");
  return decoded.value;
}
