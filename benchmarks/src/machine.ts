import type { MachineLimits } from "./machine-limits.js";
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from "node:os";

/** What the figures were taken on; nothing that names the machine or who uses it. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  /** Processes that wanted a core over the last minute, before anything was run: what else the machine does is in the figures. */
  readonly load: number;
  /** Measured before the suite; results of older runs have none. */
  readonly limits?: MachineLimits;
}

export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()} ${release().split("-")[0] ?? ""}`.trim(),
    node: process.version,
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
}

/** The machine in one line, as it stands above the figures. */
export function machineLine(on: Machine): string {
  return `${on.cpu}, ${on.cores} cores, ${on.memoryGb} GB, ${on.system}, Node ${on.node}; load ${on.load} before it began`;
}
