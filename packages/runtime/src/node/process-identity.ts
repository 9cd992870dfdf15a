import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** A process, such that a later one with the same id is not taken for it. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, clock ticks since boot; "" where the system does not tell. */
  readonly start: string;
  /** What a pid is unique in: the boot and the pid namespace, or the host's name. */
  readonly scope: string;
}

/** This process. */
export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, start: startOf(process.pid) ?? "", scope: scope() };
}

/** Whether a process still runs; `unknown` when it is of another machine, boot or container and cannot be seen. */
export function liveness(owner: ProcessIdentity): "alive" | "dead" | "unknown" {
  if (owner.scope !== scope()) return "unknown";
  if (process.platform === "linux" && owner.start !== "") return startOf(owner.pid) === owner.start ? "alive" : "dead";
  try {
    process.kill(owner.pid, 0); // signal 0 only asks
    return "alive";
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH" ? "dead" : "alive";
  }
}

/** This boot of the machine; undefined where the system does not tell. What was written in it outlives every process of it. */
export function bootIdentity(): string | undefined {
  return attempt(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
}

function scope(): string {
  const boot = bootIdentity();
  const namespace = attempt(() => readlinkSync("/proc/self/ns/pid"));
  return boot === undefined || namespace === undefined ? hostname() : `${boot} ${namespace}`;
}

/** Field 22 of proc_pid_stat(5), for a process that runs; a zombie does not. */
function startOf(pid: number): string | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
  // The second field is the program's name in parentheses and may hold anything, parentheses and spaces too.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields === undefined || fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined; // not Linux, or the process is gone
  }
}
