/**
 * Identity from a verified JSON Web Token (RFC 7519), after the advice of RFC 8725: on an entry of its own,
 * `@writ/runtime/jwt`, so that a guard without tokens loads none of it.
 */
import { errors, jwtVerify, type JWTVerifyGetKey } from "jose";
import { GuardError } from "../errors.js";
import { systemClock, type Clock } from "../ports/clock.js";
import { claimsOf, type ClaimMap } from "./claims-of.js";
import { duration, localKeys, remoteKeys, type Fetching, type KeySet } from "./jwks.js";
import { repeatsNames } from "./repeated-names.js";
import type { IdentityVerifier, Verification, VerificationFault } from "./verifier.js";

export type { ClaimMap, ClaimPath } from "./claims-of.js";
export type { Fetching, KeySet } from "./jwks.js";
export type { Claims, IdentityVerifier, Verification, VerificationFault } from "./verifier.js";

/** Signatures that a public key checks. Others are refused at creation: `none`, and HMAC, whose key could make tokens too. */
export type Algorithm = (typeof ALGORITHMS)[number];
const ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
] as const;

export interface JwtOptions {
  /** `iss`, to the letter. */
  readonly issuer: string;
  /** `aud` has to be, or to hold, one of these: a token for somebody else is none. */
  readonly audience: string | readonly string[];
  /** Which signatures are taken. A token does not choose. */
  readonly algorithms: readonly Algorithm[];
  /** Where the issuer publishes its keys, or the keys. */
  readonly jwks: string | URL | KeySet;
  /** What the policy's claims are called in the token. Unsaid: `user.id` is `sub`, and nothing else is known. */
  readonly claims?: ClaimMap;
  /** The header `typ`, such as `at+jwt` (RFC 9068), where the issuer sets it: keeps tokens made for another use away. */
  readonly typ?: string;
  /** How far clocks may be apart, in milliseconds. Unsaid: 5 seconds. */
  readonly clockTolerance?: number;
  /** How long after `iat` a token is taken, in milliseconds; unsaid, until `exp`, which every token must have. */
  readonly maxTokenAge?: number;
  readonly fetching?: Fetching;
  readonly clock?: Clock;
}

/** Longer than any token of one person; nothing of a longer one is looked at. */
const MAX_TOKEN = 16 * 1024;
/** Header, claims and signature in base64url, RFC 7515 section 7.1. */
const SHAPE = /^([\w-]+)\.([\w-]+)\.[\w-]+$/;
const NO_TOKEN = "it is no signed JSON Web Token";
/** The end of a token's time that is still a time. */
const LAST = 8_640_000_000_000_000;

/**
 * Verifies tokens of one issuer. What it gives is for `guard.session` and, as `createGuard({ approvers })`, for approvals.
 * Throws a {@link GuardError} `misuse` for options that would check nothing; `verify` itself never rejects.
 */
export function verifyJwt(options: JwtOptions): IdentityVerifier {
  const checked = check(options);
  return {
    async verify(token) {
      try {
        const unreadable = lookSafely(token);
        return unreadable === undefined ? await verified(token, checked) : fault("malformed", unreadable);
      } catch (error) {
        return faultOf(error);
      }
    },
  };
}

interface Checked {
  readonly keys: JWTVerifyGetKey;
  readonly clock: Clock;
  readonly claims: ClaimMap;
  readonly jose: {
    readonly issuer: string;
    readonly audience: string[];
    readonly algorithms: Algorithm[];
    readonly clockTolerance: number;
    readonly typ?: string;
    readonly maxTokenAge?: number;
  };
}

function check(options: JwtOptions): Checked {
  const { issuer, jwks, typ, maxTokenAge } = options;
  const audience = typeof options.audience === "string" ? [options.audience] : [...(options.audience ?? [])];
  const algorithms = [...(options.algorithms ?? [])];
  if (typeof issuer !== "string" || issuer === "") throw new GuardError("misuse", "issuer is the `iss` of the tokens");
  if (audience.length === 0 || audience.some((one) => typeof one !== "string" || one === ""))
    throw new GuardError(
      "misuse",
      "audience is the `aud` that tokens for this guard have: without one, any service's would do",
    );
  if (algorithms.length === 0 || algorithms.some((one) => !ALGORITHMS.includes(one)))
    throw new GuardError("misuse", `algorithms are some of ${ALGORITHMS.join(", ")}`);
  if (jwks === undefined || jwks === null) throw new GuardError("misuse", "jwks is where the issuer's keys are");
  const remote = typeof jwks === "string" || jwks instanceof URL;
  return {
    keys: remote ? remoteKeys(jwks, options.fetching ?? {}) : localKeys(jwks),
    clock: options.clock ?? systemClock,
    claims: structuredClone(options.claims ?? {}),
    jose: {
      issuer,
      audience,
      algorithms,
      clockTolerance: duration(options.clockTolerance, 5000, "clockTolerance") / 1000,
      ...(typ === undefined ? {} : { typ }),
      ...(maxTokenAge === undefined ? {} : { maxTokenAge: duration(maxTokenAge, 0, "maxTokenAge") / 1000 }),
    },
  };
}

function lookSafely(token: unknown): string | undefined {
  try {
    return look(token);
  } catch {
    return NO_TOKEN; // neither base64url, nor UTF-8, nor JSON
  }
}

/** Why a token is not even looked into; nothing is fetched for one. */
function look(token: unknown): string | undefined {
  if (typeof token !== "string" || token === "") return "there is no token";
  if (token.length > MAX_TOKEN) return `a token has at most ${MAX_TOKEN} characters`;
  const parts = SHAPE.exec(token);
  if (parts === null) return NO_TOKEN;
  for (const part of parts.slice(1)) {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytesOf(part));
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return "its parts are no objects";
    if (repeatsNames(text)) return "it names a claim twice";
  }
  return undefined;
}

function bytesOf(base64url: string): Uint8Array {
  return Uint8Array.from(atob(base64url.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.codePointAt(0) ?? 0);
}

async function verified(token: string, { keys, clock, claims, jose }: Checked): Promise<Verification> {
  const { payload } = await jwtVerify(token, keys, {
    ...jose,
    requiredClaims: ["exp"],
    currentDate: new Date(clock.now()),
  });
  const read = claimsOf(payload, claims);
  if (!read.ok) return fault("refused", read.message);
  const { exp } = payload;
  if (exp === undefined || exp < 0) return fault("refused", "it does not say until when it holds");
  return { ...read, expires: Math.min(LAST, Math.floor(exp * 1000)) };
}

/** Nothing of the token itself is in the words. */
function faultOf(error: unknown): Verification {
  if (error instanceof errors.JWTExpired) return fault("expired", "the token has expired");
  if (error instanceof errors.JWTClaimValidationFailed)
    return error.claim === "nbf" && error.reason === "check_failed"
      ? fault("not_yet", "the token does not hold yet")
      : fault("refused", `its ${/^[a-z]{1,8}$/.test(error.claim) ? error.claim : "claims"} is not what it has to be`);
  if (error instanceof errors.JOSEAlgNotAllowed)
    return fault("refused", "its signature is of a kind that is not taken");
  if (error instanceof errors.JWSSignatureVerificationFailed) return fault("refused", "its signature does not fit");
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return fault("refused", "its key is none of the issuer's");
  if (error instanceof errors.JOSENotSupported)
    return fault("refused", "it wants to be read in a way that is not known");
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return fault("malformed", NO_TOKEN);
  return fault("unavailable", "the issuer's keys cannot be had");
}

function fault(code: VerificationFault, message: string): Verification {
  return { ok: false, code, message };
}
