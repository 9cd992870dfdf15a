import { compileGlob, globMatches, isUnder } from "@writ/ir/values";
import { Refusal } from "../refusal.js";

/** A folder of the host that a call may reach. */
export interface FileMount {
  /** Absolute and canonical, without symbolic links in it. */
  readonly path: string;
  readonly mode: "read" | "write";
  /** The folder that stands in its place: the view of a transaction. */
  readonly from?: string | undefined;
  /** Globs of paths that are not there for the call. */
  readonly hidden?: readonly string[] | undefined;
}

export interface FileScope {
  readonly mounts: readonly FileMount[];
  /** Globs that narrow what may be read or written; both empty: the mounts alone say it. */
  readonly read: readonly string[];
  readonly write: readonly string[];
}

/** Where a path of the call really is. */
export interface Place {
  readonly root: string;
  readonly real: string;
  readonly isRoot: boolean;
}

/** Their files are handles of the host itself: its environment, its devices, its kernel. */
const OF_THE_SYSTEM = ["/proc", "/sys", "/dev"];

const OUTSIDE = "it is outside of what this call may reach";

/** Where a canonical path is for this call. Throws a {@link Refusal} where it is not for the call, or not to be written. */
export function placeOf(scope: FileScope, path: string, use: "read" | "write"): Place {
  const mount = scope.mounts
    .filter((one) => isUnder(path, one.path))
    .toSorted((a, b) => b.path.length - a.path.length)
    .at(0);
  if (mount === undefined) throw new Refusal(OUTSIDE);
  if (isHidden(scope, path)) throw new Refusal("no such file");
  const narrowed = scope.read.length + scope.write.length > 0;
  const globs = use === "write" ? scope.write : [...scope.read, ...scope.write];
  if (narrowed && !globs.some((glob) => covers(glob, path))) throw new Refusal(OUTSIDE);
  if (use === "write" && mount.mode !== "write") throw new Refusal("it may be read only");
  const root = mount.from ?? mount.path;
  const inner = mount.path === "/" ? path : path.slice(mount.path.length);
  const real = root === "/" ? path : `${root}${inner}`;
  if (OF_THE_SYSTEM.some((folder) => isUnder(real, folder))) throw new Refusal(OUTSIDE);
  return {
    root,
    real,
    isRoot: scope.mounts.some((one) => isUnder(one.path, path)),
  };
}

/** Whether a glob of any mount hides a path, or a folder above it: a mount within another shows no more than that one. */
export function isHidden(scope: FileScope, path: string): boolean {
  const globs = scope.mounts.flatMap(({ hidden = [] }) => hidden);
  if (globs.length === 0) return false;
  for (let at = path.length; at > 0; at = path.lastIndexOf("/", at - 1)) {
    const above = path.slice(0, at);
    if (globs.some((glob) => matches(glob, above) ?? true)) return true;
  }
  return false;
}

/** A glob of all below a folder is of the folder too: it has to be listed. */
function covers(glob: string, path: string): boolean {
  return matches(glob, path) === true || (glob.endsWith("/**") && glob.slice(0, -3) === path);
}

/** Undefined where the glob does not read. */
function matches(glob: string, path: string): boolean | undefined {
  const compiled = compileGlob(glob);
  return compiled.ok ? globMatches(compiled.glob, path) : undefined;
}
