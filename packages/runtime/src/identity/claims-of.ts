import { copyJson, type Json } from "@writ/ir";
import type { Claims } from "./verifier.js";

/** Where a claim stands in a token: its name, or a path of names into objects. */
export type ClaimPath = string | readonly string[];

/** The claims of the policy, each with where it stands in the token. */
export interface ClaimMap {
  /** `id` is `sub` where nothing else is said. */
  readonly user?: { readonly [claim: string]: ClaimPath };
  readonly agent?: { readonly [claim: string]: ClaimPath };
}

export type ReadClaims =
  | {
      readonly ok: true;
      readonly user: Claims & { readonly id: string };
      readonly agent: Claims;
      readonly chain: readonly string[];
    }
  | { readonly ok: false; readonly message: string };

/** A token that was passed on more often than this is refused. */
const MAX_CHAIN = 16;

/**
 * What a verified token's claims are to the policy. One that is not there is absent, so unknown. `act` (RFC 8693 section
 * 4.1) names who acts for the subject: the outermost is the agent, those inside it acted before.
 */
export function claimsOf(payload: unknown, map: ClaimMap): ReadClaims {
  const copied = copyJson(payload);
  if (!copied.ok || !isObject(copied.value)) return { ok: false, message: "its claims cannot be read" };
  const claims = copied.value;
  const user = pick(claims, { id: "sub", ...map.user });
  const { id } = user;
  if (typeof id !== "string" || id === "") return { ok: false, message: "it does not say who the user is" };
  const chain = actorsOf(claims);
  if (chain === undefined) return { ok: false, message: "its claim act does not say who acts" };
  const agent = pick(claims, map.agent ?? {});
  const current = chain.at(-1);
  // Whoever acts is the agent, whatever else the token says of one.
  return {
    ok: true,
    user: { ...user, id },
    agent: current === undefined ? agent : { ...agent, id: current, chain },
    chain,
  };
}

function pick(claims: { readonly [key: string]: Json }, map: { readonly [claim: string]: ClaimPath }): Claims {
  const found = Object.entries(map).flatMap(([name, path]): [string, Json][] => {
    const names = typeof path === "string" ? [path] : path;
    const value = names.reduce<Json | undefined>(
      (inner, key) => (isObject(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined),
      claims,
    );
    return value === undefined || value === null ? [] : [[name, value]];
  });
  return Object.fromEntries(found);
}

/** Who acts, the first that was delegated to first; undefined where `act` is not what it has to be. */
function actorsOf(claims: { readonly [key: string]: Json }): readonly string[] | undefined {
  const chain: string[] = [];
  let at: Json | undefined = own(claims, "act");
  while (at !== undefined) {
    const sub: Json | undefined = isObject(at) ? own(at, "sub") : undefined;
    if (typeof sub !== "string" || sub === "" || chain.length >= MAX_CHAIN) return undefined;
    chain.unshift(sub);
    at = isObject(at) ? own(at, "act") : undefined;
  }
  return chain;
}

function own(object: { readonly [key: string]: Json }, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
