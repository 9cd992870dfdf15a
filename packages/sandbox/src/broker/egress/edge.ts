import { lookup } from "node:dns/promises";
import { SandboxError } from "../../sandbox-error.js";
import { readListening, type Listening } from "./listening.js";
import { canonicalAddress, type Resolve } from "./addresses.js";
import { Credentials, type Credential } from "./credentials.js";

/** How the calls of a guard reach the world. All have what is safe where unsaid. */
export interface EdgeOptions {
  /** Secrets that are added to requests outside of the sandbox. */
  readonly credentials?: readonly Credential[] | undefined;
  readonly hosts?:
    | {
        /**
         * Addresses on this machine or in a private network that calls may reach, each with its port: `127.0.0.1:8080`. Every
         * program whose tier's `network` has a name that resolves to one reaches what listens there. For tests and local services.
         */
        readonly allowPrivate?: readonly string[] | undefined;
        /**
         * Where a host of a request really listens: `{ "parcels.example": "127.0.0.1:8080" }`, with `name:port` for one port
         * alone. It is not looked up then, and may be private: the team named it. For service discovery and tests.
         */
        readonly at?: { readonly [host: string]: string } | undefined;
      }
    | undefined;
  /** Gives the addresses of a host name; the system's resolver where unsaid. What it gives is checked all the same. */
  readonly resolve?: Resolve | undefined;
  /** Certificates of the authorities that servers are held to, PEM; the ones that Node trusts where unsaid. */
  readonly ca?: string | undefined;
  /** Bytes of one file, or of one answer's body, that are taken in; 1 MiB where unsaid, 8 MiB at most. */
  readonly bytes?: number | undefined;
  /** Milliseconds that one request may take with its answer; 30 s where unsaid. */
  readonly time?: number | undefined;
}

/** {@link EdgeOptions}, checked. */
export interface Edge {
  readonly credentials: Credentials;
  readonly allowPrivate: ReadonlySet<string>;
  /** By `host:port` of a request. */
  readonly at: ReadonlyMap<string, Listening>;
  readonly resolve: Resolve;
  readonly ca: string | undefined;
  readonly bytes: number;
  readonly time: number;
}

/** As base64 it is within what the runtime takes of a nested call. */
const MOST_BYTES = 8 * 1024 * 1024;

const KNOWN: ReadonlySet<string> = new Set(["credentials", "hosts", "resolve", "ca", "bytes", "time"]);

/** Checks the options. Throws a {@link SandboxError} `bad_option`, which repeats no secret. */
export function createEdge(options: EdgeOptions = {}): Edge {
  const odd = Object.keys(options).find((key) => !KNOWN.has(key));
  if (odd !== undefined) throw bad(`there is no option ${odd}`);
  const { credentials = [], hosts = {}, resolve = resolveBySystem, ca, bytes = 1024 * 1024, time = 30_000 } = options;
  if (!Array.isArray(credentials)) throw bad("credentials is a list");
  if (
    typeof hosts !== "object" ||
    hosts === null ||
    Object.keys(hosts).some((key) => key !== "allowPrivate" && key !== "at")
  )
    throw bad('hosts is { allowPrivate: ["ADDRESS:PORT"], at: { HOST: "ADDRESS:PORT" } }');
  if (typeof resolve !== "function") throw bad("resolve is a function");
  if (ca !== undefined && typeof ca !== "string") throw bad("ca is certificates as PEM");
  const allowPrivate = hosts.allowPrivate ?? [];
  if (!Array.isArray(allowPrivate)) throw bad('hosts.allowPrivate is a list of "ADDRESS:PORT"');
  return {
    credentials: new Credentials(credentials),
    allowPrivate: new Set(allowPrivate.map(readPrivate)),
    at: readListening(hosts.at ?? {}),
    resolve,
    ca,
    bytes: whole(bytes, "bytes", MOST_BYTES),
    time: whole(time, "time", 3_600_000),
  };
}

async function resolveBySystem(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address);
}

function readPrivate(entry: unknown): string {
  const [, address = "", port] = (typeof entry === "string" ? /^(.+):([0-9]{1,5})$/.exec(entry) : null) ?? [];
  const number = Number(port);
  if (!(number >= 1 && number <= 65_535))
    throw bad('hosts.allowPrivate: an entry is an address and a port: "127.0.0.1:8080"');
  try {
    return `${canonicalAddress(address)}:${number}`;
  } catch {
    throw bad('hosts.allowPrivate: an entry is an address, no name: "127.0.0.1:8080", "[::1]:8080"');
  }
}

function whole(value: unknown, name: string, most: number): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1 || value > most)
    throw bad(`${name} is a whole number from 1 to ${most}`);
  return value;
}

function bad(why: string): SandboxError {
  return new SandboxError("bad_option", why);
}
