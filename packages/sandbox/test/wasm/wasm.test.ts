import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { DEFAULT_LIMITS, type Profile } from "../../src/backend.js";
import { backend, holding, run, value } from "./run.js";

const profile: Profile = { program: "javascript", limits: DEFAULT_LIMITS, mounts: [], env: {} };
const MB = 1024 * 1024;

test("its probe proves what it claims, from inside", async () => {
  const probe = await backend.probe();
  expect(probe).toEqual({
    ok: true,
    proven: [
      "no-host-files",
      "no-host-environment",
      "no-host-processes",
      "no-new-processes",
      "no-network",
      "memory-limit",
      "time-limit",
    ],
    missing: [],
  });
});

test.each([
  ["shell", { program: "shell" }, "not shell"],
  ["python", { program: "python" }, "not python"],
  ["mounts", { mounts: [{ path: "/tmp", mode: "read" }] }, "no mounts"],
  ["an environment", { env: { A: "b" } }, "no environment"],
  ["a part of a core", { limits: { ...DEFAULT_LIMITS, cpu: 0.5 } }, "0.5"],
  ["too little memory", { limits: { ...DEFAULT_LIMITS, memory: MB } }, "memory"],
  ["more memory than there can be", { limits: { ...DEFAULT_LIMITS, memory: 2 ** 40 } }, "memory"],
  ["memory that is no number", { limits: { ...DEFAULT_LIMITS, memory: Number.NaN } }, "memory"],
] as const)("lesson 14: %s is refused, not left out", async (_, part, why) => {
  await expect(backend.start({ ...profile, ...part })).rejects.toMatchObject({
    code: "bad_option",
    message: holding(why),
  });
});

test("a sandbox runs one program and no second one", async () => {
  const box = await backend.start(profile);
  const job = {
    program: { kind: "javascript", source: "return (globalThis.seen = (globalThis.seen ?? 0) + 1)" },
    args: null,
    limits: DEFAULT_LIMITS,
    signal: new AbortController().signal,
    ask: () => Promise.resolve({ ok: false, message: "no" } as const),
  } as const;
  expect(await box.run(job)).toMatchObject({ status: "done", value: 1 });
  expect(await box.run(job)).toMatchObject({ status: "ended", reason: "died" });
  await box.gone;
  await box.stop();
  await box.stop();
});

test.each([
  ["a loop", "for (;;);"],
  ["a regular expression", "return /^(a+)+$/.test('a'.repeat(60) + 'b')"],
  ["a search in a built-in", "const s = 'a'.repeat(5e6); for (let i = 0; i < 1e9; i++) s.indexOf('b')"],
  ["a sort", "const a = Array.from({ length: 1e5 }, (_, i) => i % 7); for (;;) a.slice().sort()"],
  ["promises without end", "for (;;) await null"],
  ["a program that catches everything", "for (;;) try { for (;;); } catch {}"],
  ["a loop after its result", "setTimeout(() => { for (;;); }, 0); await new Promise((done) => setTimeout(done, 50))"],
])("lesson 15: %s is ended on time", async (_, source) => {
  const end = await run(source, { limits: { time: 300 } });
  expect(end).toMatchObject({ status: "ended", reason: "timeout", message: "the call took longer than 300 ms" });
});

test("an abort ends it", async () => {
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 50);
  expect(await run("for (;;);", { signal: abort.signal })).toMatchObject({ status: "ended", reason: "aborted" });
  expect(await run("return 1", { signal: AbortSignal.abort() })).toMatchObject({ reason: "aborted" });
});

test.each([
  ["arrays of bytes", "const all = []; for (;;) all.push(new Uint8Array(1048576).fill(1))"],
  ["texts", "const all = []; for (;;) all.push('x'.repeat(1e6) + all.length)"],
  ["a text that is doubled until it is written out", "let s = 'ab'; for (let i = 0; i < 28; i++) s += s; return s"],
  ["many small objects", "const all = []; for (;;) all.push({ a: [all.length] })"],
  [
    "memory of C++, which the engine does not count",
    "const a = []; for (;;) a.push(new URL('http://a/' + 'x'.repeat(1e5) + a.length))",
  ],
  ["URLs' parameters", "const p = new URLSearchParams(); for (let i = 0; ; i++) p.append('k' + i, 'v'.repeat(1e4))"],
  ["copies", "const a = new Uint8Array(1e6); const all = []; for (;;) all.push(structuredClone(a))"],
])("%s end at the limit of memory", async (_, source) => {
  expect(await run(source)).toMatchObject({ status: "ended", reason: "memory" });
  expect(await value("return 1")).toBe(1);
});

test("memory that is full can be caught, and is freed", async () => {
  const source = "try { const a = []; for (;;) a.push(new Uint8Array(1e6)) } catch (e) { return `${e}` }";
  expect(await value(source)).toBe("InternalError: out of memory");
});

test("the memory of the module itself has an end", async () => {
  const { EngineSource } = await import("../../src/backends/wasm/engine.js");
  const { module, extensions } = await new EngineSource().engine(16 * MB);
  const grown = new Promise((resolve, reject) => {
    const source = `
      const { workerData, parentPort } = require("node:worker_threads");
      const env = new Proxy({}, { get: () => () => 0 });
      const imports = {};
      for (const { module, name } of WebAssembly.Module.imports(workerData)) (imports[module] ??= {})[name] = () => 0;
      const { memory } = new WebAssembly.Instance(workerData, imports).exports;
      try { memory.grow(257) } catch (error) { parentPort.postMessage(error.name) }`;
    const worker = new Worker(source, { eval: true, workerData: module });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  expect(await grown).toBe("RangeError");
  expect(extensions.map(({ name }) => name)).toContain("url");
});

test.each([
  ["a large result", "return 'x'.repeat(3e5)"],
  ["a large result of wide characters", "return '\\u20ac'.repeat(1e5)"],
  ["logs without end", "for (;;) console.log('x'.repeat(1000))"],
  ["empty logs without end", "for (;;) console.log('')"],
  ["asks without end", "for (let i = 0; ; i++) { await fetch('http://a/' + 'x'.repeat(1000)).catch(() => 0) }"],
  ["an error's message", "throw new Error('x'.repeat(3e5))"],
])("%s: no more of it comes out than the limit", async (_, source) => {
  const end = await run(source, { limits: { output: 200_000 } });
  if (source.startsWith("throw")) expect(end).toMatchObject({ status: "failed", message: "x".repeat(4000) });
  else expect(end).toMatchObject({ status: "ended", reason: "output" });
});

test("lesson 16: what a program does to its prototypes changes no frame", async () => {
  const source = `
    Object.prototype.toJSON = () => ({ t: "hello", protocol: 1 });
    JSON.stringify = () => '{"t":"done","value":"forged"}';
    Array.prototype.map = () => ["forged"];
    String.prototype.slice = () => "forged";
    Promise.prototype.then = new Proxy(Promise.prototype.then, {});
    return "real";`;
  expect(await run(source)).toMatchObject({ status: "done", value: "real" });
  const proto = await value('return JSON.parse(\'{"__proto__":{"polluted":1}}\')');
  expect(Object.getPrototypeOf(proto)).toBe(Object.prototype);
  expect(Reflect.get({}, "polluted")).toBeUndefined();
});

test("lesson 16: thenables, getters and proxies are data or are refused", async () => {
  expect(await value("return { get a() { return 1 } }")).toEqual({ a: 1 });
  expect(
    await run("return { then(go) { go(new Proxy({}, { ownKeys() { throw new Error('trap') } })) } }"),
  ).toMatchObject({
    status: "failed",
    message: "trap",
  });
  expect(await run("let a = []; for (let i = 0; i < 10000; i++) a = [a]; return a")).toMatchObject({
    status: "failed",
    message: "deeper than 128 levels",
  });
  expect(await run("const a = {}; a.a = a; return a")).toMatchObject({ status: "failed", name: "RangeError" });
});

test("no word of the host's is in an error inside", async () => {
  const source = `
    const seen = [];
    const keep = (error) => seen.push(String(error), String(error?.stack));
    for (const f of [() => world.files.read(Symbol()), () => setTimeout(1), () => new URL("::"), () => import("x"), () => null.x])
      try { await f() } catch (error) { keep(error) }
    return seen.join("\\n");`;
  expect(await value(source)).not.toMatch(/file:|node:|\.js|\.ts|worker|packages|\/home|\/tmp/);
});

test("a name of a module as long as memory allows does not become a text of the host's", async () => {
  const end = await run("const e = await import('x'.repeat(8e6)).catch((e) => e); return e.message.length");
  expect(end).toMatchObject({ status: "done" });
});

test("a huge name on the error of full memory does not reach the host", async () => {
  const source = `
    InternalError.prototype.name = "x".repeat(9e6);
    Object.defineProperty(InternalError.prototype, "message", { get: () => "y".repeat(9e6) });
    const all = []; for (;;) all.push(new Uint8Array(1e5).fill(1));`;
  expect(await run(source)).toMatchObject({ status: "ended", reason: "memory" });
  expect(await value("return 1")).toBe(1);
});

test("hundreds of thousands of rejections end the program, not the host", async () => {
  const source = "for (let i = 0; i < 200000; i++) Promise.reject(new Error('r' + i)); await new Promise(() => {})";
  expect((await run(source)).status).not.toBe("done");
  expect(await value("return 1")).toBe(1);
});

test("arguments too large for its memory end it, and nothing else", async () => {
  const args = "x".repeat(8_000_000);
  expect(await run("return args.length", { args, limits: { memory: 8 * MB } })).toMatchObject({ reason: "memory" });
  expect(await value("return args.length", { args, limits: { memory: 64 * MB } })).toBe(8_000_000);
});
