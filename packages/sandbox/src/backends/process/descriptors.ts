import { execFile } from "node:child_process";
import { closeSync, openSync } from "node:fs";
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
 * Entries of `stdio` for a child from descriptor `from` on, in which every inherited descriptor is /dev/null; `close`
 * lets go of it after the child was spawned.
 */
export function covered(inherited: readonly number[], from: number): { stdio: ("ignore" | number)[]; close(): void } {
  const over = inherited.filter((number) => number >= from);
  if (over.length === 0) return { stdio: [], close: () => undefined };
  const nothing = openSync("/dev/null", "r");
  const stdio: ("ignore" | number)[] = Array.from({ length: Math.max(...over) - from + 1 }, () => "ignore");
  for (const number of over) stdio[number - from] = nothing;
  return { stdio, close: () => closeSync(nothing) };
}
