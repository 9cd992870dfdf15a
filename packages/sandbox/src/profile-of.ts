import { realpath } from "node:fs/promises";
import type { CallTier } from "@writ/runtime";
import { DEFAULT_LIMITS, type Backend, type Limits, type Mount, type Profile, type ProgramKind } from "./backend.js";
import type { FileMount } from "./broker/files/scope.js";
import { maskedBelow } from "./masked.js";
import { SandboxError } from "./sandbox-error.js";

/** The limits of a tier; what it leaves unsaid has the default. */
export function limitsOf(tier: Omit<CallTier, "mounts">): Limits {
  const { time, cpu, memory, processes, output } = tier;
  return {
    time: time ?? DEFAULT_LIMITS.time,
    cpu: cpu ?? DEFAULT_LIMITS.cpu,
    memory: memory ?? DEFAULT_LIMITS.memory,
    processes: processes ?? DEFAULT_LIMITS.processes,
    output: output ?? DEFAULT_LIMITS.output,
    disk: DEFAULT_LIMITS.disk,
  };
}

/** What a sandbox for this tier is started with. Rejects with a `SandboxError` where a folder cannot be shown as it has to be. */
export async function profileOf(
  backend: Backend,
  program: ProgramKind,
  tier: Omit<CallTier, "mounts"> & { readonly mounts: readonly FileMount[] },
  environment: { readonly [name: string]: string | undefined },
): Promise<Profile> {
  const mounts: Mount[] = [];
  if (backend.capabilities.mounts)
    for (const { path, mode, hidden = [], from } of tier.mounts) {
      await requireReal(path);
      // What is hidden is in no copy.
      mounts.push(from === undefined ? { path, mode, masked: await maskedBelow(path, hidden) } : { path, mode, from });
    }
  const env: Record<string, string> = {};
  for (const name of tier.env) {
    const value = environment[name];
    if (value !== undefined) env[name] = value;
  }
  return { program, limits: limitsOf(tier), mounts, env };
}

/**
 * An engine follows what it is told to show: a folder that an earlier program replaced by a link would open what the link
 * leads to.
 */
async function requireReal(path: string): Promise<void> {
  const real = await realpath(path).catch(() => undefined);
  if (real === path) return;
  throw new SandboxError(
    "boot_failed",
    real === undefined
      ? `${path} is not there`
      : `${path} is a symbolic link, or lies behind one: name the folder itself`,
  );
}
