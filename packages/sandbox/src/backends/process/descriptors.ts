import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** How long a look is believed, milliseconds. Node opens nothing that a child inherits; an addon of the host might. */
const FRESH = 5000;

let looked: { readonly at: number; readonly found: Promise<readonly number[]> } | undefined;

/**
 * Descriptors of this process that every child inherits: what its own parent left open, or an addon opened carelessly.
 * Found by looking at a child, so that it costs the same however many connections the host has.
 */
export async function inheritedDescriptors(sh: string): Promise<readonly number[]> {
  const now = performance.now();
  if (looked === undefined || now - looked.at > FRESH) looked = { at: now, found: look(sh) };
  return await looked.found;
}

async function look(sh: string): Promise<readonly number[]> {
  const { stdout } = await run(sh, ["-c", "cd /proc/$$/fd && echo *"], { env: {}, timeout: 10_000 });
  return stdout
    .trim()
    .split(" ")
    .map(Number)
    .filter((number) => Number.isInteger(number) && number > 2);
}

/**
 * Entries of `stdio` for a child from descriptor `from` on, in which every inherited descriptor is a pipe to nobody
 * instead. Not /dev/null: a box of root could change its mode through the descriptor, for everybody.
 */
export function covered(inherited: readonly number[], from: number): ("ignore" | "pipe")[] {
  const over = inherited.filter((number) => number >= from);
  const stdio: ("ignore" | "pipe")[] = Array.from({ length: Math.max(from - 1, ...over) - from + 1 }, () => "ignore");
  for (const number of over) stdio[number - from] = "pipe";
  return stdio;
}
