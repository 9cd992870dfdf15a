import type { Limits, Mount, Profile } from "../../backend.js";
import { SandboxError } from "../../sandbox-error.js";
import { SYSCALL_NUMBERS } from "./syscall-numbers.js";
import type { Toolbox } from "./toolbox.js";

const MIB = 1024 * 1024;

/** Address space that V8 reserves as data and does not use; what is above it is the program's. */
const V8_RESERVED = 576 * MIB;
/** Node needs it before a program has anything. */
const LEAST_MEMORY = 64 * MIB;
/** Threads of Node, bubblewrap's own two processes, prlimit: what is there beside the program's processes. */
const OWN_TASKS = 32;
const MOST_FILE = 64 * MIB;

/** A profile as a box has it. */
export interface Box extends Profile {
  /** Whether Node's permission model is on, as a second wall before the kernel's; a probe tries the kernel's alone. */
  readonly seatBelt: boolean;
}

/** Where Node and the runners stand, as a box sees them. */
interface Places {
  readonly node: string;
  readonly guest: string;
  /** A folder to write in; a box that shares the host's files has none. */
  readonly scratch: string | undefined;
}

const INSIDE: Places = { node: "/writ/node", guest: "/writ/guest", scratch: "/tmp" };

/** The command line of one box. Descriptor 3 is the protocol, 4 the filter (read before anything of the box runs). */
export function boxCommand(toolbox: Toolbox, profile: Box): readonly string[] {
  checkLimits(profile.limits);
  return [
    [toolbox.wall, "--unshare-all", "--unshare-user", "--disable-userns", "--cap-drop", "ALL"],
    ["--die-with-parent", "--new-session", "--clearenv", "--hostname", "writ"],
    Object.entries(environment(profile)).flatMap(([name, value]) => ["--setenv", name, value]),
    onlyJavaScript(profile) ? toolbox.libraries.flatMap((path) => ["--ro-bind", path, path]) : systemFiles(toolbox),
    ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache", "--ro-bind", toolbox.node, "/writ/node"],
    ["--ro-bind", toolbox.guest, "/writ/guest", "--ro-bind", toolbox.prlimit, "/writ/prlimit"],
    // Settings of the kernel belong to root, and so they do to a box of root.
    ["--proc", "/proc", "--remount-ro", "/proc", "--dev", "/dev", "--remount-ro", "/dev"],
    ["--size", String(profile.limits.disk), "--tmpfs", "/tmp"],
    binds(profile.mounts),
    ["--chdir", "/tmp", "--remount-ro", "/", "--seccomp", "4"],
    ["/writ/prlimit", `--nproc=${mostTasks(profile)}`, ...rlimits(profile)],
    runner(toolbox, profile, INSIDE),
  ].flat();
}

/** Whether the program is one that makes no processes: then none can be made at all. */
export function onlyJavaScript(profile: Profile): boolean {
  return profile.program === "module" || profile.program === "javascript";
}

/** How many tasks (processes and threads) a box may have, with its own. */
export function mostTasks(profile: Profile): number {
  return profile.limits.processes + OWN_TASKS;
}

function checkLimits(limits: Limits): void {
  for (const [name, value] of Object.entries(limits))
    if (typeof value !== "number" || !(value > 0) || (name !== "cpu" && !Number.isSafeInteger(value)))
      throw new SandboxError("bad_option", `the limit ${name} of a sandbox is a whole number above 0`);
  if (limits.memory < LEAST_MEMORY)
    throw new SandboxError("bad_option", `a process sandbox needs at least ${LEAST_MEMORY} bytes of memory`);
}

function environment({ env }: Profile): Record<string, string> {
  for (const [name, value] of Object.entries(env)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || value.includes("\0"))
      throw new SandboxError("bad_option", "a variable of a sandbox has a name of letters, digits and _, and no NUL");
    if (/^(LD_|NODE_|PYTHON)/.test(name))
      throw new SandboxError("bad_option", `${name} would change how a sandbox itself starts`);
  }
  return { PATH: "/usr/bin:/bin", HOME: "/tmp", LANG: "C.UTF-8", OPENSSL_CONF: "/dev/null", ...env };
}

/** The system's programs, for a shell or Python; for JavaScript there are Node and its libraries, and nothing else. */
function systemFiles(toolbox: Toolbox): readonly string[] {
  return [
    ["--ro-bind", "/usr", "/usr", "--ro-bind-try", "/etc/alternatives", "/etc/alternatives"],
    ...toolbox.roots.map(({ path, link }) =>
      link === undefined ? ["--ro-bind", path, path] : ["--symlink", link, path],
    ),
  ].flat();
}

function binds(given: readonly Mount[]): readonly string[] {
  // A folder inside another one is laid over it.
  const sorted = given.toSorted((a, b) => a.path.length - b.path.length);
  return sorted.flatMap(({ path, mode, from }) => {
    checkMount(path);
    if (from !== undefined) checkAbsolute(from);
    return [mode === "write" ? "--bind" : "--ro-bind", from ?? path, path];
  });
}

function checkMount(path: string): void {
  checkAbsolute(path);
  if (["/", "/tmp", "/dev", "/proc", "/sys", "/writ", "/usr"].includes(path) || /^\/(dev|proc|sys|writ)\//.test(path))
    throw new SandboxError("bad_option", `a sandbox cannot have the folder ${path} of the host`);
}

function checkAbsolute(path: string): void {
  if (!path.startsWith("/") || path.includes("\0") || /\/(\.{0,2})(\/|$)/.test(path.length > 1 ? path : "/x"))
    throw new SandboxError("bad_option", `a mount is an absolute path without . or .. in it, and not ${path}`);
}

function rlimits(profile: Profile): readonly string[] {
  const { memory, disk, time, cpu } = profile.limits;
  const data = profile.program === "python" ? memory : memory + V8_RESERVED;
  // Wall time ends a run; this ends one that runs on where nobody can end it any more.
  const seconds = Math.ceil((time / 1000) * Math.max(cpu, 1)) + 5;
  return [
    [`--data=${data}`, `--fsize=${Math.max(disk, MOST_FILE)}`],
    ["--core=0", "--nofile=256", "--memlock=65536", "--msgqueue=0", `--cpu=${seconds}`],
  ].flat();
}

function runner(toolbox: Toolbox, box: Box, places: Places): readonly string[] {
  const { program, limits } = box;
  const heap = `--max-old-space-size=${Math.floor(limits.memory / MIB)}`;
  const node = [places.node, "--no-warnings", "--disable-proto=delete", heap];
  const main = [`${places.guest}/runner.cjs`, "3", String(limits.output)];
  switch (program) {
    case "module":
    case "javascript":
      return [...node, ...(box.seatBelt ? permissions(box.mounts, places) : []), ...main, "", program];
    case "shell":
      return [...node, ...main, String(limits.memory), program];
    case "python":
      if (toolbox.python === undefined) throw new SandboxError("boot_failed", "there is no python3 on this machine");
      return [toolbox.python, "-I", "-S", "-B", `${places.guest}/runner.py`];
    default:
      throw new SandboxError("bad_option", "a kind of program that nobody knows");
  }
}

function permissions(mounts: readonly Mount[], { guest, scratch }: Places): readonly string[] {
  const own = scratch === undefined ? [] : [`--allow-fs-read=${scratch}`, `--allow-fs-write=${scratch}`];
  return [
    ["--permission", `--allow-fs-read=${guest}`, ...own],
    mounts.map(({ path }) => `--allow-fs-read=${path}`),
    mounts.filter(({ mode }) => mode === "write").map(({ path }) => `--allow-fs-write=${path}`),
  ].flat();
}

/**
 * The command line of a box without namespaces: Landlock's launcher, which ends with its parent `host`. Descriptors as
 * in {@link boxCommand}. JavaScript alone: nothing here bounds processes, so the filter must let none be made.
 */
export function landlockCommand(toolbox: Toolbox, box: Box, host: number): readonly string[] {
  checkLimits(box.limits);
  if (!onlyJavaScript(box))
    throw new SandboxError("not_proven", "without user namespaces only JavaScript can run in the process tier");
  if (box.mounts.some(({ from }) => from !== undefined))
    throw new SandboxError("not_proven", "without user namespaces no folder can stand in the place of another");
  for (const { path } of box.mounts) checkMount(path);
  const numbers = SYSCALL_NUMBERS[toolbox.arch];
  return [
    [toolbox.prlimit, ...rlimits(box)],
    [toolbox.wall, `${toolbox.guest}/landlock.pl`, String(host)],
    [numbers.openat, numbers.prctl, numbers.seccomp].map(String),
    [...toolbox.libraries, toolbox.node].flatMap((path) => ["x", path]),
    ["r", toolbox.guest, "r", "/proc/self", "w", "/dev/null", "r", "/dev/urandom"],
    box.mounts.flatMap(({ path, mode }) => [mode === "write" ? "w" : "r", path]),
    Object.entries(environment(box)).flatMap(([name, value]) => ["e", `${name}=${value}`]),
    ["--", ...runner(toolbox, box, { node: toolbox.node, guest: toolbox.guest, scratch: undefined })],
  ].flat();
}
