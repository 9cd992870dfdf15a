import { existsSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";

/** A package that a policy was taken from. */
export interface PackageFolder {
  readonly name: string;
  /** Its folder, symlinks resolved. */
  readonly folder: string;
}

export type ResolvedPackage =
  | { readonly ok: true; readonly id: string; readonly package: PackageFolder }
  | { readonly ok: false; readonly reason: string };

/**
 * Finds a file of a package as Node does: from the folder of the file that names it, through `node_modules` upward,
 * and by the package's `exports` where it has some (https://nodejs.org/api/modules.html). Nothing of it is run.
 */
export function resolvePackage(specifier: string, from: string): ResolvedPackage {
  if (!specifier.endsWith(".policy")) return { ok: false, reason: "a policy's file name ends in `.policy`" };
  const parts = specifier.split("/");
  const name = parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
  let id: string;
  try {
    id = realpathSync(createRequire(from).resolve(specifier));
  } catch (error) {
    return { ok: false, reason: reasonOf(error, name) };
  }
  // A package is the nearest folder above that says so.
  for (let folder = dirname(id); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return { ok: true, id, package: { name, folder } };
  }
  return { ok: false, reason: `the package ${name} has no package.json` };
}

/** The name of a package's file in messages and in bundles: where it stands for whoever uses it, on any machine. */
export function nameIn(from: PackageFolder, id: string): string {
  return `node_modules/${from.name}/${relative(from.folder, id).split(sep).join("/")}`;
}

function reasonOf(error: unknown, name: string): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ERR_PACKAGE_PATH_NOT_EXPORTED") return `the package ${name} does not export it`;
  return `the package ${name} is not installed, or has no such file`;
}
