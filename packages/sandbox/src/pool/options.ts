import { availableParallelism, totalmem } from "node:os";
import { SandboxError } from "../sandbox-error.js";

/** How many sandboxes there are, and how long they wait. All have defaults. */
export interface PoolOptions {
  /** Sandboxes kept ready for a profile that is in use; 0 keeps none. 2 where unsaid. */
  readonly ready?: number;
  /** Sandboxes alive at once, those that run included. 16 where unsaid. */
  readonly most?: number;
  /** Bytes that all sandboxes alive could use together, by their limits. Half of the machine's where unsaid. */
  readonly memory?: number;
  /** Calls that wait for a sandbox at once; the next is refused. 256 where unsaid. */
  readonly queue?: number;
  /** How long a call waits for a sandbox before it is refused, milliseconds. 30,000 where unsaid. */
  readonly wait?: number;
  /** How long a sandbox is kept that nobody takes, milliseconds; five minutes where unsaid. */
  readonly age?: number;
}

export interface PoolBounds extends Required<PoolOptions> {
  /** Sandboxes that start at once where no call waits: one core is left to what runs. */
  readonly starting: number;
  /** Where calls wait: a start waits for the kernel or an engine about half of its time, so a core takes two. */
  readonly hurried: number;
}

/** Throws a {@link SandboxError} `bad_option`. */
export function poolBounds(options: PoolOptions = {}): PoolBounds {
  const bounds = {
    ready: whole("ready", options.ready ?? 2, 0, 1000),
    most: whole("most", options.most ?? 16, 1, 10_000),
    memory: whole("memory", options.memory ?? Math.floor(totalmem() / 2), 1, Number.MAX_SAFE_INTEGER),
    queue: whole("queue", options.queue ?? 256, 0, 1_000_000),
    wait: whole("wait", options.wait ?? 30_000, 1, 2_147_483_647),
    age: whole("age", options.age ?? 300_000, 1, 2_147_483_647),
    starting: Math.max(1, availableParallelism() - 1),
    hurried: 2 * availableParallelism(),
  };
  const unknown = Object.keys(options).find(
    (name) => !Object.hasOwn(bounds, name) || name === "starting" || name === "hurried",
  );
  if (unknown !== undefined) throw new SandboxError("bad_option", `pool: there is no option ${unknown}`);
  return bounds;
}

function whole(name: string, value: unknown, least: number, most: number): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least || value > most)
    throw new SandboxError("bad_option", `pool: ${name} is a whole number from ${least} to ${most}`);
  return value;
}
