import type { ContainerCreateOptions, HostConfig, MountSettings } from "dockerode";
import { stat } from "node:fs/promises";
import type { Mount, Profile } from "../../backend.js";
import { GUEST_INSIDE } from "../../images/guest-files.js";
import { NODE_INSIDE } from "../../images/node-files.js";
import { NOBODY } from "../../images/skeleton.js";
import { SandboxError } from "../../sandbox-error.js";
import { LABEL } from "./host-id.js";

/** What runs beside a program: Node's own threads, or Python alone. They count against the group's processes. */
const OWN_TASKS = { node: 16, python: 2 };
/**
 * gVisor's kernel is threads of the same group, and has one more for each of the program's: with too few it ends in a
 * panic, and with many a bomb of processes takes it seconds to be ended.
 */
const GVISOR_TASKS = { own: 96, each: 2 };
/** The options of a folder that has nothing in it and takes nothing. Podman would fill it with what it covers. */
const EMPTY = {
  docker: "ro,noexec,nosuid,nodev,size=4096,mode=0555",
  podman: "ro,noexec,nosuid,nodev,size=4096,mode=0555,notmpcopyup",
};
/** The most that one file in a mounted folder may grow to, bytes. */
const FILE_SIZE = 64 * 1024 * 1024;

/** What the engines take and the types of dockerode do not know. */
interface Created extends ContainerCreateOptions {
  readonly HostConfig: HostConfig & { readonly CgroupnsMode: "private"; readonly Mounts: Bind[] };
}

interface Bind extends MountSettings {
  readonly BindOptions: { readonly Propagation: "private"; readonly NonRecursive: true };
}

/** Where and as whom a container is made. */
export interface Making {
  readonly image: string;
  readonly hostId: string;
  /** The engine's name of the OCI runtime; its default where undefined. */
  readonly runtime: string | undefined;
  readonly gvisor: boolean;
  readonly engine: "docker" | "podman";
  /** Whether the engine runs as an ordinary user. */
  readonly rootless: boolean;
}

/**
 * All that the engine is told of a container. Nothing is left to a default of the engine that matters to a wall, except
 * the list of system calls: both engines come with one, and the probe looks whether it is there.
 * Rejects with a {@link SandboxError} `bad_option` for mounts that cannot be made.
 */
export async function createOptions(profile: Profile, making: Making): Promise<Created> {
  const { limits } = profile;
  const user = await userFor(profile.mounts, making.rootless);
  return {
    Image: making.image,
    Entrypoint: entrypoint(profile),
    Cmd: [],
    User: user,
    Env: environment(profile.env),
    WorkingDir: "/tmp",
    Hostname: "sandbox",
    Labels: { [LABEL]: making.hostId },
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: true,
    StdinOnce: true, // when the host's end is closed, the program inside reads the end of its input
    Tty: false,
    NetworkDisabled: true,
    HostConfig: {
      AutoRemove: false, // it is asked first how it ended; the reaper and the sweep remove what a dead host left
      ...(making.runtime === undefined ? {} : { Runtime: making.runtime }),
      NetworkMode: "none",
      Dns: ["127.0.0.1"], // else the host's own resolvers can be read inside
      DnsSearch: ["."],
      IpcMode: "none", // no /dev/shm, which would be memory without a bound
      CgroupnsMode: "private",
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
      CapAdd: [],
      Privileged: false,
      SecurityOpt: ["no-new-privileges"],
      Memory: limits.memory,
      MemorySwap: limits.memory, // no swap beside it
      OomKillDisable: false,
      NanoCpus: Math.max(10_000_000, Math.round(limits.cpu * 1e9)),
      PidsLimit: tasks(profile, making.gvisor),
      Tmpfs: {
        "/tmp": `rw,noexec,nosuid,nodev,size=${limits.disk},mode=1777`,
        // Podman gives a read-only container these two for writing, without a bound, unless it is told of them.
        "/run": EMPTY[making.engine],
        "/var/tmp": EMPTY[making.engine],
        ...maskedFolders(profile.mounts, EMPTY[making.engine]),
      },
      // Podman raises its own where none are given, and may not be allowed to.
      Ulimits: [
        { Name: "core", Soft: 0, Hard: 0 },
        { Name: "nofile", Soft: 1024, Hard: 1024 },
        { Name: "nproc", Soft: 4096, Hard: 4096 },
        { Name: "fsize", Soft: Math.max(FILE_SIZE, limits.disk), Hard: Math.max(FILE_SIZE, limits.disk) },
      ],
      Mounts: binds(profile.mounts),
      LogConfig: { Type: "none", Config: {} }, // what it writes would fill the host's disk
      RestartPolicy: { Name: "no" },
      Init: false,
    },
  };
}

function entrypoint({ program, limits }: Profile): string[] {
  if (program === "python") return ["/usr/bin/python3", "-I", "-S", "-B", `${GUEST_INSIDE}/runner.py`, "stdio"];
  const node = [NODE_INSIDE, "--no-warnings", "--disable-proto=delete", `${GUEST_INSIDE}/runner.cjs`, "stdio"];
  return [...node, String(limits.output), "", program];
}

function tasks({ program, limits }: Profile, gvisor: boolean): number {
  const own = program === "python" ? OWN_TASKS.python : OWN_TASKS.node;
  const all = limits.processes + own;
  return gvisor ? GVISOR_TASKS.own + GVISOR_TASKS.each * all : all;
}

function environment(env: Profile["env"]): string[] {
  return Object.entries(env).map(([name, value]) => {
    if (name === "" || name.includes("=") || `${name}${value}`.includes("\0"))
      throw new SandboxError("bad_option", `${JSON.stringify(name)} is no variable of an environment`);
    return `${name}=${value}`;
  });
}

/**
 * Nobody; where folders may be written, their owner, since nobody else could write there. Root is never inside: a
 * folder of root's that others may not write is refused.
 */
async function userFor(mounts: readonly Mount[], rootless: boolean): Promise<string> {
  const owners = new Set<string>();
  for (const mount of mounts.filter(({ mode }) => mode === "write")) {
    if (rootless)
      throw new SandboxError(
        "bad_option",
        "an engine without root shows this user's folders as root's, and no sandbox runs as root: no folder can be written",
      );
    const source = mount.from ?? mount.path;
    const found = await stat(source).catch(() => undefined);
    if (found?.isDirectory() !== true) throw new SandboxError("bad_option", `there is no folder ${source} to mount`);
    if ((found.mode & 0o002) !== 0) continue;
    if (found.uid === 0) {
      const help = `give it to another user, such as with chown ${NOBODY} ${source}`;
      throw new SandboxError("bad_option", `${source} belongs to root, and no sandbox runs as root: ${help}`);
    }
    owners.add(`${found.uid}:${found.gid === 0 ? NOBODY : found.gid}`);
  }
  if (owners.size > 1)
    throw new SandboxError("bad_option", "folders of different users cannot be written by one sandbox");
  const [owner = `${NOBODY}:${NOBODY}`] = owners;
  return owner;
}

function binds(mounts: readonly Mount[]): Bind[] {
  return mounts.flatMap(({ path, mode, from, masked = [] }) => {
    for (const one of [path, from ?? path])
      if (!one.startsWith("/") || one === "/" || one.split("/").includes(".."))
        throw new SandboxError("bad_option", `${one} cannot be mounted: a mount is an absolute path below the root`);
    return [
      bind(from ?? path, path, mode === "read"),
      ...masked.filter(({ kind }) => kind === "file").map((hidden) => bind("/dev/null", hidden.path, true)),
    ];
  });
}

/** What else is mounted below the folder is not seen: it could be writable where the folder itself is not. */
function bind(source: string, target: string, readOnly: boolean): Bind {
  return {
    Type: "bind",
    Source: source,
    Target: target,
    ReadOnly: readOnly,
    BindOptions: { Propagation: "private", NonRecursive: true },
  };
}

function maskedFolders(mounts: readonly Mount[], empty: string): { [path: string]: string } {
  const hidden = mounts.flatMap(({ masked = [] }) => masked.filter(({ kind }) => kind === "folder"));
  return Object.fromEntries(hidden.map(({ path }) => [path, empty]));
}
