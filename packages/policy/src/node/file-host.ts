import { closeSync, existsSync, fstatSync, openSync, readSync, realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { MAX_FILE_BYTES } from "../source/decode-text.js";
import { isPackagePath, LOCK_FILE, type ModuleHost } from "../source/module-host.js";
import { nameIn, resolvePackage, type PackageFolder } from "./resolve-package.js";

export interface FileHostOptions {
  /** The folder that `use` may read from; by default the folder of the entry. */
  readonly root?: string;
}

/**
 * A host over files, and over the packages that Node finds from them. Only regular files below `root` are read, symlinks resolved first, so that a policy from
 * elsewhere cannot make a compiler read, and quote in its messages, what lies outside.
 */
export function fileHost(entry: string, options: FileHostOptions = {}): ModuleHost {
  const entryPath = resolve(entry);
  const base = realFolder(dirname(entryPath));
  const root = options.root === undefined ? base : realFolder(resolve(options.root));
  const packages = new Map<string, PackageFolder>();
  const packageAround = (id: string | undefined): PackageFolder | undefined => {
    if (id === undefined) return undefined;
    // Of a package inside another's folder the inner one counts.
    const around = [...packages.values()].filter((one) => isWithin(one.folder, id));
    return around.toSorted((a, b) => b.folder.length - a.folder.length)[0];
  };
  return {
    resolve(specifier, from) {
      if (from !== undefined && isPackagePath(specifier)) {
        const found = resolvePackage(specifier, from);
        if (!found.ok) return found;
        packages.set(found.package.folder, found.package);
        return { ok: true, id: found.id, name: nameIn(found.package, found.id), outside: true };
      }
      const wanted = from === undefined ? entryPath : resolve(dirname(from), specifier);
      if (!wanted.endsWith(".policy")) return { ok: false, reason: "a policy's file name ends in `.policy`" };
      let id: string;
      try {
        id = realpathSync(wanted);
      } catch (error) {
        return { ok: false, reason: reasonOf(error) };
      }
      const around = packageAround(from);
      if (around !== undefined) {
        if (!isWithin(around.folder, id)) return { ok: false, reason: "it lies outside the package that uses it" };
        return { ok: true, id, name: nameIn(around, id), outside: true };
      }
      // Beside the lock file nothing of a package is read as if it were one's own.
      if (from !== undefined && relative(root, id).split(sep).includes("node_modules"))
        return { ok: false, reason: "a package's file is named by its package" };
      // The entry is what the caller named; everything else is what the policy names.
      if (from !== undefined && !isWithin(root, id))
        return { ok: false, reason: "it lies outside the folder that may be read" };
      const name = from === undefined ? basename(entryPath) : relative(base, id).split(sep).join("/");
      return { ok: true, id, name };
    },
    read(id) {
      return readRegularFile(id);
    },
    lock() {
      const path = join(base, LOCK_FILE);
      return existsSync(path) ? readRegularFile(path) : undefined;
    },
  };
}

function realFolder(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function isWithin(root: string, path: string): boolean {
  const below = relative(root, path);
  return below !== "" && !below.startsWith(`..${sep}`) && below !== ".." && !isAbsolute(below);
}

/** At most one byte more than a policy may have: the compiler says that it is too large. */
function readRegularFile(path: string): ReturnType<ModuleHost["read"]> {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const stats = fstatSync(file);
    if (!stats.isFile()) return { ok: false, reason: "it is not a regular file" };
    const buffer = Buffer.alloc(Math.min(stats.size, MAX_FILE_BYTES + 1));
    let length = 0;
    while (length < buffer.length) {
      const read = readSync(file, buffer, length, buffer.length - length, length);
      if (read === 0) break;
      length += read;
    }
    return { ok: true, content: new Uint8Array(buffer.subarray(0, length)) };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "it was not found"],
  ["EACCES", "it may not be read (permissions)"],
  ["EPERM", "it may not be read (permissions)"],
  ["EISDIR", "it is a folder"],
  ["ENOTDIR", "a part of the path is no folder"],
  ["ELOOP", "its symlinks form a loop"],
]);

/** Why a file could not be read, without the system's own wording. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return REASONS.get(code) ?? `it could not be read${code === "" ? "" : ` (${code})`}`;
}
