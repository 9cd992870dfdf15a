import { randomBytes } from "node:crypto";
import { readFile, readlink } from "node:fs/promises";

/** The label that says which process of a host a container belongs to. */
export const LABEL = "writ.sandbox";

/** A process, told from every other before and after it on this machine. */
export interface HostId {
  readonly pid: number;
  /** Ticks after the boot at which it was started (proc(5), stat field 22): a number may be used again. */
  readonly started: string;
  readonly boot: string;
  /** The namespace in which the number counts. */
  readonly namespace: string;
  /** Tells what one part of the process holds from what another does. */
  readonly part: string;
}

/** This process, and a part of it that no other has. Rejects where there is no /proc. */
export async function thisHost(): Promise<HostId> {
  const [boot, namespace, started] = await Promise.all([bootId(), pidNamespace(), startOf(process.pid)]);
  return { pid: process.pid, started: started ?? "0", boot, namespace, part: randomBytes(6).toString("hex") };
}

export function writeHostId(host: HostId): string {
  return `${host.pid}:${host.boot}:${host.started}:${host.namespace}:${host.part}`;
}

/** What {@link writeHostId} wrote; undefined where it is not that. */
export function readHostId(label: string): HostId | undefined {
  const found = /^([1-9][0-9]{0,9}):([0-9a-f-]{36}):([0-9]{1,20}):([0-9]{1,20}):([0-9a-f]{12})$/.exec(label);
  if (found === null) return undefined;
  const [, pid = "", boot = "", started = "", namespace = "", part = ""] = found;
  return { pid: Number(pid), boot, started, namespace, part };
}

/**
 * Whether a host is known to be dead: the machine was started again since, or no such process is there. Of a process
 * that counts in another namespace (a host in a container, at the same engine) nothing is known from here.
 */
export async function isDead(host: HostId): Promise<boolean> {
  if (host.boot !== (await bootId())) return true;
  if (host.namespace !== (await pidNamespace())) return false;
  return (await startOf(host.pid)) !== host.started;
}

async function bootId(): Promise<string> {
  return (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
}

async function pidNamespace(): Promise<string> {
  return /\[([0-9]+)\]/.exec(await readlink("/proc/self/ns/pid"))?.[1] ?? "0";
}

async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // The second field is the name of the program, in brackets, and may hold blanks and brackets itself.
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}
