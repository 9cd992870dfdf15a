import { readdirSync, readFileSync } from "node:fs";

/** Processes by which engines keep a sandbox, where it is no child of ours. */
const ENGINE = /runner\.|bwrap|conmon|containerd-shim|runsc/;

/**
 * What this process and its sandboxes take of memory, in bytes: proportional set sizes, so that what they share counts
 * once. Sandboxes are its descendants and, since an engine's are not, processes of engines that began after `known`.
 * Undefined where the system does not tell.
 */
export function memoryOf(known: ReadonlySet<number>): number | undefined {
  try {
    const parents = processes();
    const ours = (pid: number): boolean => {
      for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at))
        if (at === process.pid) return true;
      return !known.has(pid) && ENGINE.test(read(`/proc/${pid}/cmdline`));
    };
    return [...parents.keys()].filter(ours).reduce((sum, pid) => sum + proportional(pid), 0);
  } catch {
    return undefined;
  }
}

/** Every process that there is now. */
export function processNumbers(): ReadonlySet<number> {
  try {
    return new Set(processes().keys());
  } catch {
    return new Set();
  }
}

/** Parents by process number. */
function processes(): Map<number, number> {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const stat = read(`/proc/${pid}/stat`);
    const after = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (after.length > 1) parents.set(pid, Number(after[1]));
  }
  return parents;
}

function proportional(pid: number): number {
  const found = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`));
  return Number(found?.[1] ?? 0) * 1024;
}

/** A process may be gone by the time it is looked at. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** How many processes descend from this one. */
export function descendants(): number {
  const parents = processes();
  let count = 0;
  for (const pid of parents.keys())
    for (let at = parents.get(pid); at !== undefined && at > 1; at = parents.get(at))
      if (at === process.pid) {
        count += 1;
        break;
      }
  return count;
}
