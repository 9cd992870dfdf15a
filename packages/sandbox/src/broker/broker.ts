import { createHash } from "node:crypto";
import type { Json } from "@writ/ir";
import type { Nested } from "@writ/runtime";
import type { Answer } from "../backend.js";
import { canonicalPath, canonicalUrl, readFileToWrite, readPath, readRequest } from "./arguments.js";
import { bytesOf, contentOf, memberOf } from "./content.js";
import type { Edge } from "./egress/edge.js";
import { sendHop, type Hop } from "./egress/hop.js";
import { MAX_REDIRECTS, redirectOf } from "./egress/redirect.js";
import { listFolder, readFile, remove, writeFile } from "./files/files.js";
import type { FileScope } from "./files/scope.js";
import { Refusal, wordsOf } from "./refusal.js";

/** What one call's sandbox may reach, and who decides. */
export interface BrokerOptions extends FileScope {
  /** The entries of `network` of the call's tier. */
  readonly network: readonly string[];
  readonly edge: Edge;
  readonly nested: Nested;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
}

/** The broker of one call. */
export interface Broker {
  /** Answers what a sandbox asks of the world; it never rejects. */
  readonly ask: (effect: string, args: unknown) => Promise<Answer>;
  /**
   * Ends what is under way and resolves when nothing of it is left: nothing happens in the world after the call that
   * asked for it. What is asked later, or was decided and not begun, is refused. It never rejects, and may be called again.
   */
  readonly end: () => Promise<void>;
}

const FILE_WORDS = {
  EACCES: "the host may not reach it",
  EDQUOT: "there is no room",
  EEXIST: "something else is there",
  EFBIG: "it is too large",
  EISDIR: "it is a folder",
  ELOOP: "a symbolic link is in the way",
  ENAMETOOLONG: "its name is too long",
  ENOENT: "no such file",
  ENOSPC: "there is no room",
  ENOTDIR: "there is no such folder",
  ENOTEMPTY: "the folder is not empty",
  EPERM: "the host may not reach it",
  EROFS: "it may be read only",
} as const;

/**
 * The broker of one call. Each effect is asked of the policy as a nested call, with canonical arguments, before it is
 * done, and is held to the tier's own lists again when it is done. What a policy and the record see:
 *
 * | tool | arguments | result |
 * |---|---|---|
 * | `fs.read`, `fs.list`, `fs.remove` | `path` | contents; `[{ name, kind }]`; null |
 * | `fs.write` | `path`, `size`, `digest` | null |
 * | `net.fetch` | `url`, `method`; `headers` as `name: value` and `size`, `digest` of the body where there are such | `status`, `url`, `headers`, `body` |
 *
 * What is written or sent is told by its size and its digest, not its bytes: a record that held them would grow by
 * megabytes a call and keep what nobody asked it to. `perform` checks that it sends the bytes of that digest.
 */
export function createBroker(options: BrokerOptions): Broker {
  const underWay = new Set<Promise<Answer>>();
  let ended = false;
  // Made at the first ask: most programs ask for nothing, and their call waits for the end.
  let asked: { readonly over: AbortController; readonly within: BrokerOptions } | undefined;
  const begin = (): NonNullable<typeof asked> => {
    const over = new AbortController();
    return { over, within: { ...options, signal: AbortSignal.any([options.signal, over.signal]) } };
  };
  return {
    ask: async (effect, args) => {
      if (ended) return { ok: false, message: `${effect}: the call is over` };
      asked ??= begin();
      const answered = answerOf(asked.within, effect, args);
      underWay.add(answered);
      try {
        return await answered;
      } finally {
        underWay.delete(answered);
      }
    },
    end: async () => {
      ended = true;
      asked?.over.abort();
      if (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

async function answerOf(options: BrokerOptions, effect: string, args: unknown): Promise<Answer> {
  try {
    return { ok: true, value: await answer(options, effect, args) };
  } catch (error) {
    return { ok: false, message: `${effect}: ${wordsOf(error, FILE_WORDS)}` };
  }
}

async function answer(options: BrokerOptions, effect: string, args: unknown): Promise<unknown> {
  const { edge } = options;
  switch (effect) {
    case "fs.read": {
      const path = readPath(args);
      return bytesOf(
        await decided(options, effect, { path }, async (again) =>
          contentOf(await readFile(options, pathOf(again), edge.bytes)),
        ),
      );
    }
    case "fs.list":
      return await decided(options, effect, { path: readPath(args) }, async (again) =>
        (await listFolder(options, pathOf(again))).map(({ name, kind }) => ({ name, kind })),
      );
    case "fs.remove":
      return await decided(options, effect, { path: readPath(args) }, async (again) => {
        await remove(options, pathOf(again));
        return null;
      });
    case "fs.write": {
      const { path, data } = readFileToWrite(args);
      return await decided(options, effect, { path, ...told(data) }, async (again) => {
        holdTo(again, data);
        await writeFile(options, pathOf(again), data);
        return null;
      });
    }
    case "net.fetch":
      return await fetching(options, readRequest(args));
    default:
      throw new Refusal("there is no such effect");
  }
}

/** Follows redirects: each is asked of the policy like the first. */
async function fetching(options: BrokerOptions, first: Hop): Promise<unknown> {
  let hop = first;
  for (let redirects = 0; ; redirects += 1) {
    const result = await request(options, hop);
    const headers = memberOf(result, "headers");
    const status = memberOf(result, "status");
    const location = memberOf(headers, "location");
    if (typeof status !== "number") throw new Refusal("the result was withheld");
    // A rule may have changed it.
    const url = canonicalUrl(memberOf(result, "url"), "url");
    const next = redirectOf({ ...hop, url }, status, typeof location === "string" ? location : undefined);
    if (next === undefined) return { status, url, headers: headers ?? {}, body: bytesOf(memberOf(result, "body")) };
    if (redirects >= MAX_REDIRECTS) throw new Refusal(`it leads on more than ${MAX_REDIRECTS} times`);
    hop = next;
  }
}

async function request(options: BrokerOptions, hop: Hop): Promise<Json> {
  const { url, method, headers, body } = hop;
  const lines = [...headers].map(([name, value]) => `${name}: ${value}`).toSorted();
  const args = {
    url,
    method,
    ...(lines.length === 0 ? {} : { headers: lines }),
    ...(body === undefined ? {} : told(body)),
  };
  return await decided(options, "net.fetch", args, async (again, signal) => {
    if (body !== undefined) holdTo(again, body);
    const same = memberOf(again, "method") === method && isSame(memberOf(again, "headers") ?? [], lines);
    if (!same) throw new Refusal("it was decided as another request");
    const sent = { ...hop, url: canonicalUrl(memberOf(again, "url"), "url") };
    const answered = await sendHop(options.edge, options.network, sent, signal);
    return {
      status: answered.status,
      url: sent.url,
      headers: Object.fromEntries(answered.headers),
      body: contentOf(answered.body),
    };
  });
}

/** Has the runtime decide and record; what was refused or failed is a {@link Refusal} in words for the program. */
async function decided(
  { nested, signal }: BrokerOptions,
  tool: string,
  args: Json,
  perform: (args: Json, signal: AbortSignal) => Promise<Json>,
): Promise<Json> {
  let failure: string | undefined;
  if (signal.aborted) throw new Refusal("the call is over");
  const outcome = await nested({ tool, args }, async (again, given) => {
    try {
      if (signal.aborted || given.aborted) throw new Refusal("the call is over");
      return await perform(again, AbortSignal.any([signal, given]));
    } catch (error) {
      failure = wordsOf(error, FILE_WORDS);
      throw new Refusal(failure);
    }
  });
  if (!outcome.ok) throw new Refusal(failure ?? outcome.message);
  return outcome.result;
}

function told(bytes: Uint8Array): { readonly size: number; readonly digest: string } {
  return { size: bytes.length, digest: `sha256:${createHash("sha256").update(bytes).digest("hex")}` };
}

function isSame(decidedLines: Json, lines: readonly string[]): boolean {
  return JSON.stringify(decidedLines) === JSON.stringify(lines);
}

/** What is sent is what was decided on. */
function holdTo(args: Json, bytes: Uint8Array): void {
  if (memberOf(args, "digest") !== told(bytes).digest) throw new Refusal("it was decided for other bytes");
}

function pathOf(args: Json): string {
  return canonicalPath(memberOf(args, "path"));
}
