import { DEFAULT_LIMITS, type Backend, type Limits, type Probe, type ProvenFact, type RunEnd } from "../../backend.js";

const LIMITS: Limits = { ...DEFAULT_LIMITS, time: 20_000, memory: 16 * 1024 * 1024, output: 64 * 1024 };

/** What is known of a global that a program should not have: its name in any host. */
const FOREIGN = [
  "process",
  "require",
  "module",
  "Deno",
  "Bun",
  "std",
  "os",
  "bjson",
  "Worker",
  "WebAssembly",
  "XMLHttpRequest",
  "WebSocket",
  "postMessage",
  "writWorld",
];

/** A program that tries a wall from inside. */
interface Trial {
  readonly proves: readonly ProvenFact[];
  readonly source: string;
  readonly time?: number;
  readonly held: (end: RunEnd) => boolean;
}

const TRIALS: readonly Trial[] = [
  {
    proves: ["no-host-files", "no-host-environment", "no-host-processes", "no-new-processes"],
    source: `
      const found = ${JSON.stringify(FOREIGN)}.filter((name) => name in globalThis);
      // Through every function there is: a constructor of the host's would make code of the host's.
      for (const name of Object.getOwnPropertyNames(globalThis)) {
        const value = globalThis[name];
        if (typeof value === "function" && (await value.constructor("return typeof process + typeof require")()) !== "undefinedundefined")
          found.push(name);
      }
      for (const name of ["fs", "node:fs", "node:child_process", "std", "os", "qjs:std", "qjs:os", "file:///etc/passwd"])
        await import(name).then(() => found.push(name), () => undefined);
      return found;`,
    held: (end) => end.status === "done" && Array.isArray(end.value) && end.value.length === 0,
  },
  {
    proves: ["no-network"],
    source: `return await fetch("http://127.0.0.1/").then(() => "out", () => "held");`,
    held: (end) => end.status === "done" && end.value === "held",
  },
  {
    proves: ["memory-limit"],
    source: `const all = []; for (;;) all.push(new Uint8Array(1048576).fill(1));`,
    held: (end) => end.status === "ended" && end.reason === "memory",
  },
  {
    // Of C++, which the engine's own count of memory does not see.
    proves: ["memory-limit"],
    source: `const all = []; for (;;) all.push(new URL("http://a/" + "x".repeat(100000) + all.length));`,
    held: (end) => end.status === "ended" && end.reason === "memory",
  },
  { proves: ["time-limit"], source: `for (;;);`, time: 200, held: timedOut },
  // In a function of the engine's own, where no bytecode is counted.
  { proves: ["time-limit"], source: `return /^(a+)+$/.test("a".repeat(60) + "b");`, time: 200, held: timedOut },
];

function timedOut(end: RunEnd): boolean {
  return end.status === "ended" && end.reason === "timeout";
}

/** Tries each wall with a sandbox of its own; it never rejects. */
export async function probeWasm(backend: Backend): Promise<Probe> {
  try {
    const ends = await Promise.all(TRIALS.map(async (trial) => ({ trial, end: await endOf(backend, trial) })));
    const failed = ends.filter(({ trial, end }) => !trial.held(end));
    if (failed.length === 0)
      return { ok: true, proven: [...new Set(TRIALS.flatMap(({ proves }) => proves))], missing: [] };
    const found = failed.map(({ trial, end }) => `${trial.proves.join(", ")} (${howItEnded(end)})`);
    return { ok: false, why: `QuickJS does not hold here: ${found.join("; ")}` };
  } catch (error) {
    return {
      ok: false,
      why: error instanceof Error ? error.message : "QuickJS does not start",
      remedy: "npm install quickjs-wasi",
    };
  }
}

async function endOf(backend: Backend, { source, time }: Trial): Promise<RunEnd> {
  const limits = { ...LIMITS, time: time ?? LIMITS.time };
  const sandbox = await backend.start({ program: "javascript", limits, mounts: [], env: {} });
  try {
    return await sandbox.run({
      program: { kind: "javascript", source },
      args: null,
      limits,
      signal: new AbortController().signal,
      ask: () => Promise.resolve({ ok: false, message: "nobody answers" }),
    });
  } finally {
    await sandbox.stop();
  }
}

/** Not in the words of the program. */
function howItEnded(end: RunEnd): string {
  return end.status === "ended" ? end.message : end.status;
}
