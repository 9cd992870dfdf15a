import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, readlink, rmdir, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { startJanitor } from "./janitor.js";

/** What a group of processes is held to. */
export interface GroupLimits {
  /** Bytes of all together. */
  readonly memory: number;
  /** Processes and threads. */
  readonly tasks: number;
  readonly cpu: number;
}

/** What the kernel counted in a group. */
export interface GroupCounts {
  readonly outOfMemory: number;
  readonly processesRefused: number;
}

/** A control group for one box. */
export interface Group {
  /** Folders whose `cgroup.procs` a process writes itself into before it starts the box. */
  readonly folders: readonly string[];
  /** Gives it the same part of the processors as anything else, where it was made `behind`. Rejects where that fails. */
  forward(): Promise<void>;
  counts(): Promise<GroupCounts>;
  /** Ends what may still be in it and removes it. It never rejects. */
  remove(): Promise<void>;
}

const PERIOD = 100_000;
const NAME = /^writ-(\d+)-(\d+)-(\d+)-[0-9a-f]+$/;

/**
 * The control groups of this machine (cgroups(7)), version 1 or 2, as far as this process may make groups below its own.
 * They are the only way to bound a sandbox of several processes as a whole.
 */
export class Groups {
  readonly version: 1 | 2;
  /** Folders below which groups are made: one of all controllers in version 2, one a controller in version 1. */
  readonly bases: ReadonlyMap<string, string>;
  readonly prefix: string;
  /** Whether a group may be put behind everything else and brought forward again: of a nice value only root can do both. */
  #canWait = false;

  private constructor(version: 1 | 2, bases: ReadonlyMap<string, string>, prefix: string) {
    this.version = version;
    this.bases = bases;
    this.prefix = prefix;
  }

  /** Finds where groups can be made, removes what a killed host left there; `undefined` where none can be made. */
  static async find(root = "/proc/self"): Promise<Groups | undefined> {
    try {
      const owner = (await readlink(`${root}/ns/pid`)).replace(/\D/g, "");
      const prefix = `writ-${owner}-${process.pid}-${await startTime(process.pid)}-`;
      const [cgroups, mounts] = await Promise.all([
        readFile(`${root}/cgroup`, "utf8"),
        readFile(`${root}/mountinfo`, "utf8"),
      ]);
      for (const place of places(cgroups, mounts)) {
        const groups = new Groups(place.version, place.bases, prefix);
        if (!(await groups.#works())) continue;
        await groups.#sweep(owner);
        startJanitor(prefix, [...place.bases.values()]);
        return groups;
      }
    } catch {
      // No /proc, or none that can be read: then there are no groups.
    }
    return undefined;
  }

  /** @param behind whether it has only the processor time that others leave, until it is brought forward, where that can be had */
  async make(limits: GroupLimits, behind = false): Promise<Group> {
    const name = this.prefix + randomBytes(8).toString("hex");
    const made: string[] = [];
    try {
      for (const [controller, base] of this.bases) {
        const folder = `${base}/${name}`;
        await mkdir(folder);
        made.push(folder);
        await this.#limit(controller, folder, limits);
      }
      if (behind && this.#canWait) await this.#idle(name, true);
    } catch (error) {
      await remove(made);
      throw error;
    }
    return {
      folders: made,
      forward: async () => {
        if (behind && this.#canWait) await this.#idle(name, false);
      },
      counts: async () => await this.#counts(name),
      remove: async () => {
        await remove(made);
      },
    };
  }

  async #limit(controller: string, folder: string, { memory, tasks, cpu }: GroupLimits): Promise<void> {
    const quota = Math.max(1000, Math.round(cpu * PERIOD));
    if (controller === "all") {
      await writeFile(`${folder}/memory.max`, String(memory));
      await writeFile(`${folder}/memory.swap.max`, "0").catch(() => undefined); // absent without swap
      await writeFile(`${folder}/memory.oom.group`, "1").catch(() => undefined); // absent before Linux 4.19
      await writeFile(`${folder}/pids.max`, String(tasks));
      await writeFile(`${folder}/cpu.max`, `${quota} ${PERIOD}`).catch(() => undefined); // not delegated everywhere
    } else if (controller === "memory") {
      await writeFile(`${folder}/memory.limit_in_bytes`, String(memory));
      await writeFile(`${folder}/memory.memsw.limit_in_bytes`, String(memory)).catch(() => undefined); // absent without swap
    } else if (controller === "pids") await writeFile(`${folder}/pids.max`, String(tasks));
    else {
      await writeFile(`${folder}/cpu.cfs_period_us`, String(PERIOD));
      await writeFile(`${folder}/cpu.cfs_quota_us`, String(quota));
    }
  }

  /** Linux 5.15 and later; a task in a group that is not idle takes the processor from one that is, at once. */
  async #idle(name: string, idle: boolean): Promise<void> {
    const base = this.bases.get("cpu") ?? this.bases.get("all");
    if (base === undefined) throw new Error("there is no group of the processors");
    await writeFile(`${base}/${name}/cpu.idle`, idle ? "1" : "0");
  }

  async #counts(name: string): Promise<GroupCounts> {
    const read = async (controller: string, file: string, key: string): Promise<number> => {
      const base = this.bases.get(controller) ?? this.bases.get("all");
      const text = await readFile(`${base}/${name}/${file}`, "utf8").catch(() => "");
      return Number(new RegExp(`^${key} (\\d+)$`, "m").exec(text)?.[1] ?? 0);
    };
    return {
      outOfMemory: await read("memory", this.version === 1 ? "memory.oom_control" : "memory.events", "oom_kill"),
      processesRefused: await read("pids", "pids.events", "max"),
    };
  }

  async #works(): Promise<boolean> {
    try {
      const group = await this.make({ memory: 64 * 1024 * 1024, tasks: 8, cpu: 1 });
      const [name = ""] = group.folders.map((folder) => folder.slice(folder.lastIndexOf("/") + 1));
      this.#canWait = await this.#idle(name, true)
        .then(async () => await this.#idle(name, false))
        .then(
          () => true,
          () => false,
        );
      await group.remove();
      return true;
    } catch {
      return false;
    }
  }

  /** Removes the groups of hosts that are not there any more: one that was killed could not. */
  async #sweep(owner: string): Promise<void> {
    for (const base of this.bases.values())
      for (const name of await readdir(base).catch(() => [])) {
        const [, namespace, pid, start] = NAME.exec(name) ?? [];
        if (namespace !== owner || pid === undefined) continue;
        if ((await startTime(Number(pid)).catch(() => "")) !== start) await remove([`${base}/${name}`]);
      }
  }
}

async function remove(folders: readonly string[]): Promise<void> {
  for (const folder of folders)
    for (let tries = 0; tries < 100; tries += 1) {
      const done = await rmdir(folder).then(
        () => true,
        (error: unknown) => error instanceof Error && "code" in error && error.code === "ENOENT",
      );
      if (done) break;
      const left = await readFile(`${folder}/cgroup.procs`, "utf8").catch(() => "");
      for (const pid of left.split("\n").filter(Boolean))
        try {
          process.kill(Number(pid), "SIGKILL");
        } catch {
          // It has just ended.
        }
      await sleep(20);
    }
}

/** When a process began, in clock ticks since boot (proc(5), field 22): with its number, which process it is. */
async function startTime(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

interface Place {
  readonly version: 1 | 2;
  readonly bases: ReadonlyMap<string, string>;
}

/** Where groups may be made: below this process's own, and in version 2 also above it, as inner groups hold no process. */
function places(cgroups: string, mountinfo: string): readonly Place[] {
  const mounts = mountinfo.split("\n").flatMap((line) => {
    const [before = "", after = ""] = line.split(" - ");
    const [, , , root = "/", point = ""] = before.split(" ");
    const [type, , options = ""] = after.split(" ");
    return type === "cgroup" || type === "cgroup2" ? [{ type, root, point, options: options.split(",") }] : [];
  });
  const found: Place[] = [];
  const one = new Map<string, string>();
  for (const line of cgroups.trim().split("\n")) {
    const [, names = "", path = "/"] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (names === "") {
      const mount = mounts.find(({ type }) => type === "cgroup2");
      if (mount !== undefined)
        for (const folder of upwards(below(mount.root, path)))
          found.push({ version: 2, bases: new Map([["all", mount.point + folder]]) });
      continue;
    }
    for (const controller of ["memory", "pids", "cpu"]) {
      const mount = mounts.find(({ type, options }) => type === "cgroup" && options.includes(controller));
      if (names.split(",").includes(controller) && mount !== undefined)
        one.set(controller, mount.point + below(mount.root, path));
    }
  }
  return one.has("memory") && one.has("pids") ? [{ version: 1, bases: one }, ...found] : found;
}

function below(root: string, path: string): string {
  const rest = root !== "/" && path.startsWith(root) ? path.slice(root.length) : path;
  return rest === "/" ? "" : rest;
}

function upwards(path: string): readonly string[] {
  const parts = path.split("/").filter(Boolean);
  return parts.map((_, i) => `/${parts.slice(0, parts.length - i).join("/")}`).concat("");
}
