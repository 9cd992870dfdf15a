import { isIP } from "node:net";
import { canonicalHost } from "@writ/ir/values";
import { SandboxError } from "../../sandbox-error.js";
import type { Pinned } from "./addresses.js";

/** Where a host of a request really listens. */
export interface Listening {
  readonly pinned: Pinned;
  readonly port: number;
}

/** Reads `hosts.at`. Throws a {@link SandboxError} `bad_option`. */
export function readListening(given: unknown): ReadonlyMap<string, Listening> {
  if (typeof given !== "object" || given === null) throw bad();
  return new Map(Object.entries(given).map(([host, place]) => [readHost(host), readPlace(place)]));
}

/** A name, with or without a port: what is an address already stands where it says. */
function readHost(text: string): string {
  const [, name = "", port] = /^([^:]+)(?::([0-9]{1,5}))?$/.exec(text) ?? [];
  const canonical = isIP(name) === 0 ? canonicalHost(name) : undefined;
  if (canonical === undefined || isIP(canonical) !== 0) throw bad();
  return port === undefined ? canonical : `${canonical}:${Number(port)}`;
}

function readPlace(place: unknown): Listening {
  const [, bracketed, bare, digits] =
    (typeof place === "string" ? /^(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+)):([0-9]{1,5})$/.exec(place) : null) ?? [];
  const address = bracketed ?? bare ?? "";
  const family = isIP(address);
  const port = Number(digits);
  if ((family !== 4 && family !== 6) || !(port >= 1 && port <= 65_535)) throw bad();
  return { pinned: { address, family }, port };
}

function bad(): SandboxError {
  return new SandboxError(
    "bad_option",
    'hosts.at is { HOST: "ADDRESS:PORT" }: a name, and the address where it listens',
  );
}
