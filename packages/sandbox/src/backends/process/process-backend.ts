import { BACKEND_VERSION, type Backend, type Probe, type ProgramKind } from "../../backend.js";
import { SandboxError } from "../../sandbox-error.js";
import { Groups } from "./cgroup.js";
import { proveBox } from "./probe.js";
import { namespaceRemedy } from "./remedy.js";
import { startBox, type Machine } from "./start.js";
import { findToolbox, type BoxKind, type Lack, type ToolPaths } from "./toolbox.js";

export interface ProcessOptions extends ToolPaths {
  /** Whether to use control groups where they can be made. Without, limits hold for each process. Default true. */
  readonly groups?: boolean | undefined;
  /**
   * Whether Node's permission model stands before the kernel's walls, for JavaScript. Without, a program meets the
   * kernel's alone, which is what the probe and the escape list try. Default true.
   */
  readonly permissionModel?: boolean | undefined;
}

/**
 * The process tier: bubblewrap's namespaces, a system call filter, no new privileges, limits inside. It needs no root.
 * A machine without bubblewrap, or that forbids user namespaces, does not pass the probe.
 */
export function bubblewrap(options: ProcessOptions = {}): Backend {
  return processBackend("bubblewrap", ["module", "javascript", "shell", "python"], options);
}

/**
 * The process tier where user namespaces are forbidden: Landlock for files, a filter that lets no process, socket or
 * signal be made, rlimits. It runs JavaScript alone, which cannot write outside its mounts at all. Weaker than
 * {@link bubblewrap} in this: a program can tell whether a path of the host exists, its size and its times.
 * It needs Linux 6.2 and Perl.
 */
export function landlock(options: ProcessOptions = {}): Backend {
  return processBackend("landlock", ["module", "javascript"], options);
}

const NO_PYTHON = { why: "python3 is not on this machine", remedy: "sudo apt-get install -y python3" };

/** Kinds of program that only a box with namespaces runs, and why another does not. */
const NO_NAMESPACES = {
  why: "the process tier runs JavaScript alone where user namespaces are forbidden or bubblewrap is not there",
  remedy: "sudo apt-get install -y bubblewrap",
};

function processBackend(kind: BoxKind, programs: readonly ProgramKind[], options: ProcessOptions): Backend {
  let machine: Promise<Machine | Lack> | undefined;
  let probed: Promise<Probe> | undefined;
  const look = (): Promise<Machine | Lack> => (machine ??= lookAround(kind, options));
  let noPython = false;
  return {
    version: BACKEND_VERSION,
    name: kind,
    isolation: "process",
    get capabilities() {
      if (kind === "landlock")
        return { programs, lacking: { shell: NO_NAMESPACES, python: NO_NAMESPACES }, mounts: true };
      if (!noPython) return { programs, mounts: true };
      return {
        programs: programs.filter((program) => program !== "python"),
        lacking: { python: NO_PYTHON },
        mounts: true,
      };
    },
    probe: async () => {
      const found = await look();
      noPython = "toolbox" in found && found.toolbox.python === undefined;
      return await (probed ??= prove(kind, look));
    },
    start: async (profile, wanted) => {
      const found = await look();
      if (!("toolbox" in found)) throw new SandboxError("boot_failed", found.why);
      return await startBox(found, { ...profile, seatBelt: options.permissionModel !== false }, wanted);
    },
    close: async () => undefined,
  };
}

async function prove(kind: BoxKind, look: () => Promise<Machine | Lack>): Promise<Probe> {
  try {
    const found = await look();
    if (!("toolbox" in found)) return { ok: false, ...found };
    return await proveBox(found);
  } catch (error) {
    const why = error instanceof Error ? error.message : "its probe failed";
    return { ok: false, why, remedy: kind === "bubblewrap" ? await namespaceRemedy() : undefined };
  }
}

async function lookAround(kind: BoxKind, options: ProcessOptions): Promise<Machine | Lack> {
  const toolbox = await findToolbox(kind, options);
  if (!("wall" in toolbox)) return toolbox;
  return { kind, toolbox, groups: options.groups === false ? undefined : await Groups.find() };
}
