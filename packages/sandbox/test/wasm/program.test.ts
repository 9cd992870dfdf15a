import { expect, test } from "vitest";
import { holding, run, value } from "./run.js";

const module = (source: string, name = "main") => ({ kind: "module", source, export: name }) as const;

test("a body of a function has args and world, and gives what it returns", async () => {
  expect(await value("return args.a + 1", { args: { a: 1 } })).toBe(2);
  expect(await value("return typeof world.files.read + typeof fetch")).toBe("functionfunction");
});

test("an export of a module is called with args and world", async () => {
  const source =
    "const f = (x) => x * 2; export async function main(args, world) { return [f(args), typeof world.fetch] }";
  expect(await value(module(source), { args: 4 })).toEqual([8, "function"]);
});

test("values come through as what they are", async () => {
  const args = {
    bytes: new Uint8Array([0, 255, 7]),
    big: 12345678901234567890n,
    date: new Date(5),
    nothing: undefined,
    odd: [Number.NaN, -0, Number.POSITIVE_INFINITY],
    text: "é \ud83d\ude00 \0 end",
    ["__proto__"]: "a key",
  };
  expect(await value("return args", { args })).toEqual(args);
  expect(
    await value("return [args.bytes instanceof Uint8Array, args.date instanceof Date, typeof args.big]", { args }),
  ).toEqual([true, true, "bigint"]);
});

test.each([
  ["a missing export", module("export const a = 1"), "TypeError", "the module has no function main"],
  ["a module that throws", module("throw new RangeError('at once')"), "RangeError", "at once"],
  ["a module with a syntax error", module("export function main( {"), "SyntaxError", "invalid property name"],
  ["an import", module("import fs from 'node:fs'; export const main = () => 1"), "ReferenceError", holding("node:fs")],
  ["a body with a syntax error", "return (", "SyntaxError", holding("unexpected")],
  [
    "a rejection nobody handles",
    "Promise.reject(new TypeError('loose')); await new Promise(() => {})",
    "TypeError",
    "loose",
  ],
  [
    "an error in a timer",
    "setTimeout(() => { throw new TypeError('late') }, 1); await new Promise(() => {})",
    "TypeError",
    "late",
  ],
  ["a promise that nothing settles", "await new Promise(() => {})", "Error", holding("waits for a promise")],
  ["a function as result", "return () => 1", "TypeError", holding("cannot be handed over")],
  ["a thrown text", "throw 'words'", "Error", "words"],
  [
    "a thrown object with a getter that throws",
    "throw { get name() { throw 1 } }",
    "Error",
    holding("cannot be shown"),
  ],
  ["endless recursion", "function f() { return f() + 1 } return f()", "RangeError", holding("stack")],
  [
    "endless recursion through a built-in",
    "function f() { return [1].map(f) } return f()",
    "RangeError",
    holding("stack"),
  ],
  ["nested JSON", "return JSON.parse('['.repeat(1e5) + ']'.repeat(1e5))", "RangeError", holding("stack")],
])("%s is told", async (_, program, name, message) => {
  expect(await run(program)).toEqual({ status: "failed", name, message, log: "" });
});

test("a rejection that is handled in time is none", async () => {
  expect(await value("const p = Promise.reject(1); await null; return p.catch((x) => x + 1)")).toBe(2);
});

test("what a program prints is its log", async () => {
  const end = await run("console.log('a', { b: 1 }, 2n); console.error(new TypeError('no')); return 1");
  expect(end).toEqual({ status: "done", value: 1, log: 'a {"b":1} 2\nTypeError: no\n' });
});

test("timers run, in order, and are cleared", async () => {
  const source = `
    const seen = [];
    setTimeout((x) => seen.push(x), 20, "second");
    setTimeout(() => seen.push("first"), 1);
    clearTimeout(setTimeout(() => seen.push("never"), 2));
    let n = 0;
    await new Promise((done) => { const t = setInterval(() => { if ((n += 1) === 3) { clearInterval(t); done() } }, 1) });
    await new Promise((done) => setTimeout(done, 40));
    return [...seen, n];`;
  expect(await value(source)).toEqual(["first", "second", 3]);
  expect(await value("try { for (;;) setTimeout(() => 1, 9e9) } catch (e) { return e.name }")).toBe("RangeError");
});

test("what modules commonly use is there", async () => {
  const source = `
    const url = new URL("../c?q=1#h", "https://user@example.com:8080/a/b");
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode("a")));
    return {
      url: url.href, host: url.host, q: new URLSearchParams("q=1&q=2").getAll("q"),
      text: new TextDecoder().decode(new Uint8Array([0xc3, 0xa9])), clone: structuredClone({ a: new Date(1) }),
      header: new Headers({ A: "b" }).get("a"), uuid: crypto.randomUUID().length, hash: hash[0],
      base64: atob(btoa("hi")), micro: await new Promise((done) => queueMicrotask(() => done(1))),
      zone: new Date(0).getTimezoneOffset(),
    };`;
  expect(await value(source)).toEqual({
    url: "https://user@example.com:8080/c?q=1#h",
    host: "example.com:8080",
    q: ["1", "2"],
    text: "é",
    clone: { a: new Date(1) },
    header: "b",
    uuid: 36,
    hash: 0xca,
    base64: "hi",
    micro: 1,
    zone: 0,
  });
});

test("it asks, and the host answers; more at once than the host takes wait their turn", async () => {
  let [now, most] = [0, 0];
  const ask = async (effect: string, args: unknown) => {
    now += 1;
    most = Math.max(most, now);
    await new Promise((done) => setTimeout(done, 2));
    now -= 1;
    return { ok: true, value: { effect, args } } as const;
  };
  const source = "return Promise.all(Array.from({ length: 200 }, (_, n) => world.files.list('/' + n)))";
  const all = await value(source, { ask });
  expect(all).toHaveLength(200);
  expect(all).toContainEqual({ effect: "fs.list", args: { path: "/199" } });
  expect(most).toBeLessThanOrEqual(64);
});

test("a refusal is an error the program can catch", async () => {
  const ask = () => Promise.resolve({ ok: false, message: "not allowed by net.rule" } as const);
  expect(await value("return fetch('http://a/').catch((e) => e.message)", { ask })).toBe("not allowed by net.rule");
});

test("a fetch gives a response", async () => {
  const body = new TextEncoder().encode('{"a":1}');
  const ask = () =>
    Promise.resolve({
      ok: true,
      value: { status: 200, url: "http://a/", headers: { "content-type": "x" }, body },
    } as const);
  const source =
    "const r = await fetch(new URL('http://a/')); return [r.ok, r.headers.get('Content-Type'), await r.json()]";
  expect(await value(source, { ask })).toEqual([true, "x", { a: 1 }]);
});
