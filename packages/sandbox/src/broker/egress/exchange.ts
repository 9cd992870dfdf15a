import { request as requestHttp, type ClientRequest, type IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";
import type { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress, createGunzip } from "node:zlib";
import { Refusal } from "../refusal.js";
import { isLiteral, type Pinned } from "./addresses.js";
import { visibleHeaders, type Headers } from "./headers.js";

/** One request, and nothing that follows from its answer. */
export interface Exchange {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Uint8Array | undefined;
  readonly pinned: readonly Pinned[];
  /** Where it listens, if not at the port of the URL. */
  readonly port?: number | undefined;
  /** Bytes of an answer's body at most, as it comes and unpacked. */
  readonly max: number;
  /** Certificates of authorities, PEM, in place of the system's. */
  readonly ca: string | undefined;
  readonly signal: AbortSignal;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** Sends it to one of the pinned addresses over a connection of its own. */
export async function exchange(given: Exchange): Promise<Answered> {
  const response = await send(given);
  try {
    return {
      status: response.statusCode ?? 0,
      headers: visibleHeaders(response.rawHeaders),
      body: await readBody(response, given.method, given.max),
    };
  } finally {
    response.destroy();
  }
}

async function send({ url, method, headers, body, pinned, port, ca, signal }: Exchange): Promise<IncomingMessage> {
  const answered = Promise.withResolvers<IncomingMessage>();
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const common = {
    host,
    port: port ?? (url.port === "" ? undefined : Number(url.port)),
    path: url.pathname + url.search,
    method,
    headers: {
      accept: "*/*",
      "user-agent": "writ",
      ...Object.fromEntries(headers),
      host: url.host,
      "accept-encoding": "gzip, br",
      ...(body === undefined ? {} : { "content-length": String(body.length) }),
    },
    // An agent of the process may go through a proxy that the environment names.
    agent: false,
    lookup: lookupOf(pinned),
    insecureHTTPParser: false,
    maxHeaderSize: 32 * 1024,
    signal,
  } as const;
  const request: ClientRequest =
    url.protocol === "https:"
      ? requestHttps({
          ...common,
          ...(isLiteral(url.hostname) ? {} : { servername: host }),
          ...(ca === undefined ? {} : { ca }),
          rejectUnauthorized: true,
          minVersion: "TLSv1.2",
        })
      : requestHttp(common);
  request.on("response", answered.resolve);
  request.on("error", answered.reject);
  request.on("upgrade", (_response, socket) => {
    socket.destroy();
    answered.reject(new Refusal("the server wanted another protocol"));
  });
  request.end(body);
  return await answered.promise;
}

/** Answers every look-up of this connection with what was pinned. */
function lookupOf(pinned: readonly Pinned[]): LookupFunction {
  return (_host, options, found) => {
    const [first] = pinned;
    if (options.all === true) found(null, [...pinned]);
    else found(null, first?.address ?? "", first?.family);
  };
}

/** The body, counted as it comes and again as it is unpacked: little may stand for much. */
async function readBody(response: IncomingMessage, method: string, max: number): Promise<Buffer> {
  const { statusCode = 0 } = response;
  if (method === "HEAD" || statusCode === 204 || statusCode === 304) return Buffer.alloc(0);
  const unpacker = unpackerOf(response);
  const chunks: Buffer[] = [];
  const collect = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of bounded(source, max)) chunks.push(chunk);
  };
  if (unpacker === undefined) await pipeline(response, collect);
  else await pipeline(response, (source: AsyncIterable<Buffer>) => bounded(source, max), unpacker, collect);
  return Buffer.concat(chunks);
}

async function* bounded(source: AsyncIterable<Buffer>, max: number): AsyncGenerator<Buffer, void, undefined> {
  let length = 0;
  for await (const chunk of source) {
    length += chunk.length;
    if (length > max) throw new Refusal(`the answer is larger than ${max} bytes`);
    yield chunk;
  }
}

function unpackerOf(response: IncomingMessage): Transform | undefined {
  const encoding = (response.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (encoding === "identity" || encoding === "") return undefined;
  if (encoding === "br") return createBrotliDecompress();
  if (encoding === "gzip" || encoding === "x-gzip") return createGunzip();
  throw new Refusal("the answer is packed in a way that was not asked for");
}
