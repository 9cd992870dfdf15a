import type { Answer, Backend, Limits, Mount, Program, RunEnd } from "../src/backend.js";
import { DEFAULT_LIMITS } from "../src/backend.js";

export interface RunOptions {
  readonly args?: unknown;
  readonly limits?: Partial<Limits>;
  readonly mounts?: readonly Mount[];
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly ask?: (effect: string, args: unknown) => Promise<Answer>;
}

/** One program in a fresh sandbox of a backend, which is gone afterwards. */
export async function runIn(backend: Backend, program: Program, options: RunOptions = {}): Promise<RunEnd> {
  const limits = { ...DEFAULT_LIMITS, time: 20_000, ...options.limits };
  const sandbox = await backend.start({
    program: program.kind,
    limits,
    mounts: options.mounts ?? [],
    env: options.env ?? {},
  });
  try {
    return await sandbox.run({
      program,
      args: options.args ?? {},
      limits,
      signal: options.signal ?? new AbortController().signal,
      ask: options.ask ?? (async () => ({ ok: false, message: "nobody answers" })),
    });
  } finally {
    await sandbox.stop();
  }
}
