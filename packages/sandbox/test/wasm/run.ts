import { expect } from "vitest";
import { DEFAULT_LIMITS, type Answer, type Limits, type Program, type RunEnd } from "../../src/backend.js";
import { wasmBackend } from "../../src/backends/wasm/wasm.js";

export const backend = wasmBackend();

export interface Extra {
  readonly args?: unknown;
  readonly limits?: Partial<Limits>;
  readonly signal?: AbortSignal;
  readonly ask?: (effect: string, args: unknown) => Promise<Answer>;
}

/** Runs a program in an instance of its own and gives how it ended. */
export async function run(
  program: Program | string,
  { args = null, limits, signal, ask }: Extra = {},
): Promise<RunEnd> {
  const all = { ...DEFAULT_LIMITS, time: 10_000, memory: 32 * 1024 * 1024, ...limits };
  const kind = typeof program === "string" ? "javascript" : program.kind;
  const box = await backend.start({ program: kind, limits: all, mounts: [], env: {} });
  try {
    return await box.run({
      program: typeof program === "string" ? { kind: "javascript", source: program } : program,
      args,
      limits: all,
      signal: signal ?? new AbortController().signal,
      ask: ask ?? (() => Promise.resolve({ ok: false, message: "nobody answers" })),
    });
  } finally {
    await box.stop();
  }
}

/** What the program gave; throws where it gave nothing. */
export async function value(program: Program | string, extra: Extra = {}): Promise<unknown> {
  const end = await run(program, extra);
  if (end.status !== "done") throw new Error(`${end.status}: ${end.message}`);
  return end.value;
}

/** For where any text with these words in it will do. */
export function holding(words: string): unknown {
  return expect.stringContaining(words);
}
