import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { librariesOf, realFile, rootFolders, systemTool, GUEST_FOLDER } from "./machine.js";
import type { SeccompArch } from "./syscall-numbers.js";

const run = promisify(execFile);

/** How walls are made: by namespaces, or where a machine forbids these by Landlock, for JavaScript alone. */
export type BoxKind = "bubblewrap" | "landlock";

/** What a process box is built from on this machine. */
export interface Toolbox {
  readonly arch: SeccompArch;
  /** What makes the walls: bubblewrap, or Perl for Landlock's launcher. */
  readonly wall: string;
  readonly prlimit: string;
  readonly sh: string;
  /** Whether this process is root. */
  readonly root: boolean;
  /** Where root can start a box as nobody: everything that it needs can be read by anybody. */
  readonly setpriv: string | undefined;
  readonly node: string;
  /** Absent where the machine has no Python of its own. */
  readonly python: string | undefined;
  /** Libraries of Node and prlimit. */
  readonly libraries: readonly string[];
  readonly roots: readonly { readonly path: string; readonly link?: string }[];
  readonly guest: string;
}

/** Tools to take in place of what the machine has. */
export interface ToolPaths {
  readonly bwrap?: string | undefined;
  readonly perl?: string | undefined;
  readonly prlimit?: string | undefined;
  readonly node?: string | undefined;
  readonly python?: string | undefined;
}

/** Why there is no box here, and the one command that would help. */
export interface Lack {
  readonly why: string;
  readonly remedy?: string | undefined;
}

/** What this machine has for this kind of box, or what it lacks. */
export async function findToolbox(kind: BoxKind, paths: ToolPaths): Promise<Toolbox | Lack> {
  const arch = process.arch;
  if (process.platform !== "linux")
    return { why: `the process tier needs Linux; on ${process.platform} this version has no wall for it` };
  if (arch !== "x64" && arch !== "arm64") return { why: `there is no system call filter for ${arch}` };
  const wall = kind === "bubblewrap" ? await tool("bwrap", paths.bwrap) : await tool("perl", paths.perl);
  if (wall === undefined)
    return kind === "bubblewrap"
      ? { why: "bubblewrap is not on this machine", remedy: install("bubblewrap") }
      : { why: "perl is not on this machine, which starts a box of Landlock", remedy: install("perl-base") };
  const prlimit = await tool("prlimit", paths.prlimit);
  if (prlimit === undefined) return { why: "prlimit is not on this machine", remedy: install("util-linux") };
  const sh = await systemTool("sh");
  if (sh === undefined) return { why: "there is no /bin/sh on this machine" };
  const node = await realFile(paths.node ?? process.execPath);
  if (node === undefined) return { why: `there is no Node at ${paths.node ?? process.execPath}` };
  const python = await tool("python3", paths.python);
  try {
    const libraries = await librariesOf([node, prlimit]);
    const root = process.getuid?.() === 0;
    const setpriv = root ? await asNobody(sh, [node, prlimit, wall, `${GUEST_FOLDER}/runner.cjs`]) : undefined;
    const roots = await rootFolders();
    return { arch, wall, prlimit, sh, root, setpriv, node, python, libraries, roots, guest: GUEST_FOLDER };
  } catch (error) {
    return { why: error instanceof Error ? error.message : "the machine could not be looked at" };
  }
}

/** setpriv, where nobody can read all of these files. */
async function asNobody(sh: string, files: readonly string[]): Promise<string | undefined> {
  const setpriv = await systemTool("setpriv");
  if (setpriv === undefined) return undefined;
  const readable = 'for f; do [ -r "$f" ] || exit 1; done';
  const args = ["--reuid", "65534", "--regid", "65534", "--clear-groups", sh, "-c", readable, "sh", ...files];
  return await run(setpriv, args, { env: {} }).then(
    () => setpriv,
    () => undefined,
  );
}

async function tool(name: string, given: string | undefined): Promise<string | undefined> {
  return given === undefined ? await systemTool(name) : await realFile(given);
}

function install(name: string): string {
  return `sudo apt-get install -y ${name}`;
}
