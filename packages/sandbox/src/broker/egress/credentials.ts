import { canonicalHost } from "@writ/ir/values";
import { SandboxError } from "../../sandbox-error.js";
import { Refusal } from "../refusal.js";
import { isHeaderValue, maySet } from "./headers.js";

/**
 * A secret that the broker adds to requests to one HTTPS origin and no other. It is in no sandbox, record, error or log;
 * where an answer repeats it, it is masked.
 */
export interface Credential {
  /** `api.acme.com`, or with a port `api.acme.com:8443`. */
  readonly host: string;
  /** The header that carries it: `authorization`. */
  readonly header: string;
  /** The header's whole value, or what gives it when it is needed: `Bearer …`. */
  readonly value: string | (() => string | Promise<string>);
}

/** The credentials of a host, checked. */
export class Credentials {
  readonly #byOrigin = new Map<string, Map<string, Credential["value"]>>();

  /** Throws a {@link SandboxError} `bad_option`, which repeats no value. */
  constructor(given: readonly Credential[]) {
    for (const { host, header, value } of given) {
      const origin = originOf(host);
      if (origin === undefined) throw bad("host is one host, or a host and a port: no pattern, scheme or path");
      if (typeof header !== "string" || !maySet(header.toLowerCase()))
        throw bad("header is no header that can be added");
      if (typeof value !== "function") check(value, (why) => bad(why));
      const headers = this.#byOrigin.get(origin) ?? new Map<string, Credential["value"]>();
      if (headers.has(header.toLowerCase())) throw bad("a host has the same header twice");
      headers.set(header.toLowerCase(), value);
      this.#byOrigin.set(origin, headers);
    }
  }

  /** What is added to a request to this URL. */
  async of(url: URL): Promise<ReadonlyMap<string, string>> {
    const found = url.protocol === "https:" ? this.#byOrigin.get(url.host) : undefined;
    const added = new Map<string, string>();
    for (const [name, value] of found ?? []) added.set(name, await read(value));
    return added;
  }
}

function originOf(host: unknown): string | undefined {
  if (typeof host !== "string") return undefined;
  const [, name = "", port] = /^(.*?)(?::([0-9]{1,5}))?$/.exec(host) ?? [];
  const canonical = canonicalHost(name);
  if (canonical === undefined || (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535)))
    return undefined;
  return port === undefined || Number(port) === 443 ? canonical : `${canonical}:${Number(port)}`;
}

async function read(value: Credential["value"]): Promise<string> {
  let text: unknown;
  try {
    text = typeof value === "function" ? await value() : value;
  } catch {
    // What it threw may hold the secret.
    throw new Refusal("the credential for its host could not be had");
  }
  return check(text, () => new Refusal("the credential for its host could not be had"));
}

/** Shorter ones would be found everywhere when an answer is masked. */
const SHORTEST = 8;

function check(value: unknown, refuse: (why: string) => Error): string {
  if (typeof value !== "string" || value.length < SHORTEST || !isHeaderValue(value))
    throw refuse(`value is no header value of ${SHORTEST} characters or more`);
  return value;
}

function bad(why: string): SandboxError {
  return new SandboxError("bad_option", `credentials: ${why}`);
}

const MASK = Buffer.from("[credential]");

/** The spellings in which a server may hand a secret back. One that writes it in yet another way is not seen through. */
function spellings(value: string): readonly Buffer[] {
  const secrets = new Set([value]);
  const [, scheme = "", token] = /^([A-Za-z]+) +(\S+)$/.exec(value) ?? [];
  if (token !== undefined && token.length >= SHORTEST) secrets.add(token);
  if (token !== undefined && scheme.toLowerCase() === "basic") {
    const pair = Buffer.from(token, "base64").toString("utf8");
    secrets.add(pair);
    secrets.add(pair.slice(pair.indexOf(":") + 1));
  }
  for (const secret of secrets) if (secret.length < SHORTEST) secrets.delete(secret);
  return [...secrets]
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      secret.replaceAll("/", "\\/"),
      Buffer.from(secret).toString("base64"),
      Buffer.from(secret).toString("base64url"),
      Buffer.from(secret).toString("hex"),
    ])
    .toSorted((a, b) => b.length - a.length)
    .map((text) => Buffer.from(text));
}

/** Masks secrets in what a server sent. */
export class Mask {
  readonly #spellings: readonly Buffer[];

  constructor(values: Iterable<string>) {
    this.#spellings = [...values].flatMap(spellings);
  }

  bytes(given: Buffer): Buffer {
    let bytes = given;
    for (const spelling of this.#spellings) {
      const parts: Buffer[] = [];
      let from = 0;
      for (let at = bytes.indexOf(spelling); at !== -1; at = bytes.indexOf(spelling, from)) {
        parts.push(bytes.subarray(from, at), MASK);
        from = at + spelling.length;
      }
      if (from > 0) bytes = Buffer.concat([...parts, bytes.subarray(from)]);
    }
    return bytes;
  }

  text(text: string): string {
    return this.#spellings.length === 0 ? text : this.bytes(Buffer.from(text, "utf8")).toString("utf8");
  }
}
