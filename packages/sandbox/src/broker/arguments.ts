import { EGRESS_METHODS, readValue } from "@writ/ir/values";
import { readHeaders } from "./egress/headers.js";
import type { Hop } from "./egress/hop.js";
import { Refusal } from "./refusal.js";

/** The members of what a program gave: those that are known, and no other. */
function membersOf(given: unknown, known: readonly string[]): (key: string) => unknown {
  if (typeof given !== "object" || given === null || Array.isArray(given) || given instanceof Uint8Array)
    throw new Refusal("expected a record of arguments");
  const odd = Object.keys(given).find((key) => !known.includes(key));
  if (odd !== undefined) throw new Refusal("an argument that is not known");
  return (key) => {
    const value: unknown = Object.hasOwn(given, key) ? Reflect.get(given, key) : undefined;
    return value;
  };
}

export function readPath(given: unknown): string {
  return canonicalPath(membersOf(given, ["path"])("path"));
}

export function readFileToWrite(given: unknown): { readonly path: string; readonly data: Uint8Array } {
  const get = membersOf(given, ["path", "data"]);
  const data = get("data");
  if (!(data instanceof Uint8Array)) throw new Refusal("data: expected bytes");
  return { path: canonicalPath(get("path")), data };
}

export function readRequest(given: unknown): Hop {
  const get = membersOf(given, ["url", "method", "headers", "body"]);
  const method = get("method") ?? "GET";
  if (typeof method !== "string" || !EGRESS_METHODS.includes(method))
    throw new Refusal(`method: expected one of ${EGRESS_METHODS.join(", ")}`);
  const body = get("body") ?? undefined;
  if (body !== undefined && !(body instanceof Uint8Array)) throw new Refusal("body: expected bytes");
  if (body !== undefined && (method === "GET" || method === "HEAD")) throw new Refusal(`body: ${method} has none`);
  return { method, url: canonicalUrl(get("url"), "url"), headers: readHeaders(get("headers")), body };
}

export function canonicalPath(given: unknown): string {
  if (typeof given !== "string") throw new Refusal("path: expected a text");
  const read = readValue({ kind: "Path" }, given, new Map());
  if (!read.ok || typeof read.wire !== "string") throw new Refusal(`path: ${read.ok ? "no path" : read.fault.message}`);
  return read.wire;
}

/** A URL of the web, canonical, without its fragment, which is never sent. */
export function canonicalUrl(given: unknown, name: string): string {
  if (typeof given !== "string") throw new Refusal(`${name}: expected a text`);
  const read = readValue({ kind: "Url" }, given, new Map());
  if (!read.ok || typeof read.wire !== "string")
    throw new Refusal(`${name}: ${read.ok ? "no URL" : read.fault.message}`);
  if (!/^https?:/.test(read.wire)) throw new Refusal(`${name}: only http and https are spoken`);
  const at = read.wire.indexOf("#");
  return at === -1 ? read.wire : read.wire.slice(0, at);
}
