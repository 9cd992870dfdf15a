import { egressAdmits } from "@writ/ir/values";
import { Refusal, wordsOf } from "../refusal.js";
import { pinAddresses } from "./addresses.js";
import { Mask } from "./credentials.js";
import type { Edge } from "./edge.js";
import { exchange, type Answered } from "./exchange.js";
import type { Headers } from "./headers.js";

/** One request of a program: what it follows from a redirect is another. */
export interface Hop {
  readonly method: string;
  /** Canonical `Url`. */
  readonly url: string;
  readonly headers: Headers;
  readonly body: Uint8Array | undefined;
}

const WORDS = {
  ABORT_ERR: "it was aborted",
  ECONNREFUSED: "its host refused the connection",
  ECONNRESET: "its host ended the connection",
  EHOSTUNREACH: "its host cannot be reached",
  ENETUNREACH: "its host cannot be reached",
  ERR_STREAM_PREMATURE_CLOSE: "its host ended the connection",
  ETIMEDOUT: "its host cannot be reached",
  CERT_HAS_EXPIRED: "its host has a certificate that is over",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its host has a certificate that nobody vouches for",
  ERR_TLS_CERT_ALTNAME_INVALID: "its host has a certificate for another name",
  SELF_SIGNED_CERT_IN_CHAIN: "its host has a certificate that nobody vouches for",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its host has a certificate that nobody vouches for",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its host has a certificate that nobody vouches for",
} as const;

/**
 * Sends one request: admitted by the tier's list, its host looked up once and every address checked, over a connection
 * to that address, with the credentials of its origin. Throws a {@link Refusal} in Writ's words: what the network says
 * may hold what was sent.
 */
export async function sendHop(
  edge: Edge,
  network: readonly string[],
  { method, url, headers, body }: Hop,
  signal: AbortSignal,
): Promise<Answered> {
  if (!egressAdmits(network, method, url)) throw new Refusal("its tier admits no such request");
  const target = new URL(url);
  const late = AbortSignal.timeout(edge.time);
  const port = target.port === "" ? (target.protocol === "https:" ? 443 : 80) : Number(target.port);
  const both = AbortSignal.any([signal, late]);
  const known = edge.at.get(`${target.hostname}:${port}`) ?? edge.at.get(target.hostname);
  try {
    const [pinned, added] = await orAborted(
      both,
      Promise.all([
        known === undefined ? pinAddresses(target.hostname, port, edge.resolve, edge.allowPrivate) : [known.pinned],
        edge.credentials.of(target),
      ]),
    );
    const mask = new Mask(added.values());
    // With a part of an answer, a secret in it could be read in pieces that nobody masks.
    const own = added.size === 0 ? headers : new Map([...headers].filter(([name]) => !name.includes("range")));
    const answered = await exchange({
      url: target,
      method,
      headers: new Map([...own, ...added]),
      body,
      pinned,
      port: known?.port,
      max: edge.bytes,
      ca: edge.ca,
      signal: both,
    });
    return {
      status: answered.status,
      headers: new Map([...answered.headers].map(([name, value]) => [name, mask.text(value)])),
      body: mask.bytes(answered.body),
    };
  } catch (error) {
    if (late.aborted && !signal.aborted) throw new Refusal(`it took longer than ${edge.time} ms`);
    throw new Refusal(wordsOf(error, WORDS));
  }
}

async function orAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(new Refusal("it was aborted"));
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
