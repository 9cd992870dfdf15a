import { isIP } from "node:net";
import { canonicalHost, isPrivateHost } from "@writ/ir/values";
import { Refusal } from "../refusal.js";

/** An address that a request goes to, and no other. */
export interface Pinned {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Gives the addresses of a name, as text. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/**
 * Looks a host up, once, and gives the addresses that the request may go to. All of them must be public: a name that has
 * one private address is refused as a whole, since nobody chooses which of them is taken.
 * @param host canonical, IPv6 in brackets
 * @param allowPrivate canonical `address:port` that may be private
 */
export async function pinAddresses(
  host: string,
  port: number,
  resolve: Resolve,
  allowPrivate: ReadonlySet<string>,
): Promise<readonly Pinned[]> {
  const literal = isLiteral(host);
  const found = literal ? [host] : await lookUp(host, resolve);
  const addresses = [...new Set(found.map(canonicalAddress))];
  if (addresses.length === 0) throw new Refusal("its host has no address");
  const own = addresses.every((address) => allowPrivate.has(`${address}:${port}`));
  // A name that is meant for local use is not asked of the world.
  if (!own && (isPrivateHost(host) || addresses.some((address) => isPrivateHost(address))))
    throw new Refusal("its host is on this machine or in a private network");
  return addresses.map((address) => {
    const bare = address.startsWith("[") ? address.slice(1, -1) : address;
    return { address: bare, family: isIP(bare) === 6 ? 6 : 4 };
  });
}

async function lookUp(host: string, resolve: Resolve): Promise<readonly string[]> {
  try {
    return await resolve(host);
  } catch {
    throw new Refusal("its host has no address");
  }
}

/** An address as {@link canonicalHost} writes it: a mapped one as IPv4, IPv6 in brackets, without a zone. */
export function canonicalAddress(text: string): string {
  const bare = text.replace(/^\[|\]$/g, "");
  const host = isIP(bare) === 0 ? undefined : canonicalHost(isIP(bare) === 6 ? `[${bare}]` : bare);
  if (host === undefined) throw new Refusal("its host has an address that is none");
  return host;
}

export function isLiteral(host: string): boolean {
  return host.startsWith("[") || isIP(host) !== 0;
}
