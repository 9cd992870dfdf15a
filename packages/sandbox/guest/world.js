/*
 * What a program in a sandbox sees of the world, in any JavaScript engine: tagged JSON, and `ask` as its only way out.
 * It is a script, not a module, and leaves `writWorld` on the global object, which its host takes and removes.
 * src/protocol/codec.ts is the other end; test/protocol/codec.test.ts holds the two together.
 */
"use strict";
globalThis.writWorld = (() => {
  const MAX_DEPTH = 128;
  const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  function toBase64(bytes) {
    let text = "";
    for (let i = 0; i < bytes.length; i += 3) {
      const n = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
      text += base64[n >> 18] + base64[(n >> 12) & 63];
      text += i + 1 < bytes.length ? base64[(n >> 6) & 63] : "=";
      text += i + 2 < bytes.length ? base64[n & 63] : "=";
    }
    return text;
  }

  function fromBase64(text) {
    const size = (text.length / 4) * 3 - (text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0);
    const bytes = new Uint8Array(size);
    for (let i = 0, at = 0; i < text.length; i += 4) {
      const n =
        (base64.indexOf(text[i]) << 18) |
        (base64.indexOf(text[i + 1]) << 12) |
        ((text[i + 2] === "=" ? 0 : base64.indexOf(text[i + 2])) << 6) |
        (text[i + 3] === "=" ? 0 : base64.indexOf(text[i + 3]));
      if (at < size) bytes[at++] = n >> 16;
      if (at < size) bytes[at++] = (n >> 8) & 255;
      if (at < size) bytes[at++] = n & 255;
    }
    return bytes;
  }

  function words(given) {
    return String(given);
  }

  function define(target, key, value) {
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
  }

  function encode(value, depth = 0) {
    if (depth > MAX_DEPTH) throw new RangeError("deeper than " + MAX_DEPTH + " levels");
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "number":
        if (Number.isFinite(value) && !Object.is(value, -0)) return value;
        return { $number: Object.is(value, -0) ? "-0" : String(value) };
      case "bigint":
        return { $bigint: value.toString() };
      case "undefined":
        return { $undefined: true };
      case "object":
        break;
      default:
        throw new TypeError("a " + typeof value + " cannot be handed over");
    }
    if (value === null) return null;
    if (Array.isArray(value)) return value.map((item) => encode(item, depth + 1));
    if (value instanceof Uint8Array) return { $bytes: toBase64(value) };
    if (value instanceof Date) return { $date: Number.isNaN(value.getTime()) ? null : value.getTime() };
    if (value instanceof Error) return { $error: { name: words(value.name), message: words(value.message) } };
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
      throw new TypeError("only plain objects can be handed over");
    const written = {};
    const keys = Object.keys(value);
    for (const key of keys) define(written, key, encode(value[key], depth + 1));
    return keys.length === 1 && keys[0].startsWith("$") ? { $object: written } : written;
  }

  function decode(written) {
    if (typeof written !== "object" || written === null) return written;
    if (Array.isArray(written)) return written.map(decode);
    const keys = Object.keys(written);
    if (keys.length === 1 && keys[0].startsWith("$")) {
      const content = written[keys[0]];
      switch (keys[0]) {
        case "$bytes":
          return fromBase64(content);
        case "$date":
          return new Date(content === null ? NaN : content);
        case "$bigint":
          return BigInt(content);
        case "$undefined":
          return undefined;
        case "$number":
          return Number(content);
        case "$error": {
          const error = new Error(content.message);
          error.name = content.name;
          return error;
        }
        default:
          return members(content);
      }
    }
    return members(written);
  }

  function members(written) {
    const value = {};
    for (const key of Object.keys(written)) define(value, key, decode(written[key]));
    return value;
  }

  function utf8Encode(text) {
    if (typeof TextEncoder === "function") return new TextEncoder().encode(text);
    const escaped = encodeURIComponent(text.toWellFormed());
    const bytes = [];
    for (let i = 0; i < escaped.length; i++)
      if (escaped[i] === "%") {
        bytes.push(parseInt(escaped.slice(i + 1, i + 3), 16));
        i += 2;
      } else bytes.push(escaped.charCodeAt(i));
    return Uint8Array.from(bytes);
  }

  function utf8Decode(bytes) {
    if (typeof TextDecoder === "function") return new TextDecoder().decode(bytes);
    let text = "";
    for (let i = 0; i < bytes.length;) {
      const b = bytes[i++];
      const more = b < 0x80 ? 0 : b >> 5 === 6 ? 1 : b >> 4 === 14 ? 2 : b >> 3 === 30 ? 3 : -1;
      let code = more <= 0 ? b : b & (0x3f >> more);
      let whole = more >= 0;
      for (let k = 0; k < more; k++) {
        if ((bytes[i] & 0xc0) !== 0x80) {
          whole = false;
          break;
        }
        code = (code << 6) | (bytes[i++] & 0x3f);
      }
      const least = [0, 0x80, 0x800, 0x10000][more];
      if (!whole || code > 0x10ffff || code < least || (code >= 0xd800 && code < 0xe000)) text += "\ufffd";
      else text += String.fromCodePoint(code);
    }
    return text;
  }

  /** Asks that wait for an answer at once: the host ends a sandbox that has more than 64. */
  const MOST_ASKS = 48;

  function inTurn(ask) {
    let asking = 0;
    const waiting = [];
    const next = () => {
      if (asking >= MOST_ASKS || waiting.length === 0) return;
      const { effect, args, resolve, reject } = waiting.shift();
      asking += 1;
      const over = () => {
        asking -= 1;
        next();
      };
      (async () => await ask(effect, args))().then(resolve, reject).then(over, over);
    };
    return (effect, args) =>
      new Promise((resolve, reject) => {
        waiting.push({ effect, args, resolve, reject });
        next();
      });
  }

  /**
   * The world of one program. `asks(effect, args)` gives a promise of the answer's value.
   * Files and pages are reached only through it; the host decides each and records it.
   */
  function make(asks) {
    const ask = inTurn(asks);
    const files = {
      read: (path) => ask("fs.read", { path: String(path) }),
      readText: async (path) => utf8Decode(await ask("fs.read", { path: String(path) })),
      write: (path, data) =>
        ask("fs.write", { path: String(path), data: typeof data === "string" ? utf8Encode(data) : data }),
      list: (path) => ask("fs.list", { path: String(path) }),
      remove: (path) => ask("fs.remove", { path: String(path) }),
    };
    const fetch = async (url, init = {}) => {
      const headers = {};
      const given = init.headers ?? {};
      for (const [name, value] of Array.isArray(given) ? given : Object.entries(given))
        define(headers, String(name).toLowerCase(), String(value));
      const body = init.body === undefined || init.body === null ? null : init.body;
      const answer = await ask("net.fetch", {
        url: String(url),
        method: String(init.method ?? "GET").toUpperCase(),
        headers,
        body: typeof body === "string" ? utf8Encode(body) : body,
      });
      const named = new Map(Object.entries(answer.headers));
      return {
        status: answer.status,
        ok: answer.status >= 200 && answer.status < 300,
        url: answer.url,
        headers: { get: (name) => named.get(String(name).toLowerCase()) ?? null, entries: () => named.entries() },
        text: async () => utf8Decode(answer.body),
        json: async () => JSON.parse(utf8Decode(answer.body)),
        bytes: async () => answer.body,
        arrayBuffer: async () => answer.body.slice().buffer,
      };
    };
    return { files, fetch };
  }

  return { encode, decode, make, utf8Encode, utf8Decode };
})();
