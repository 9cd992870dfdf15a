/** A module that was found: what the host calls it, and its name in messages and in the bundle. */
export interface ResolvedModule {
  readonly ok: true;
  readonly id: string;
  /** Relative to the folder of the first module, with forward slashes. */
  readonly name: string;
  /** It comes from elsewhere, such as a package: it counts only as the lock file has it. */
  readonly outside?: boolean;
}

export interface ModuleFailure {
  readonly ok: false;
  /** A sentence for the author: `it was not found`, `it lies outside the folder that may be read`. */
  readonly reason: string;
}

/**
 * Where policies come from. The compiler reads nothing by itself: what a host does not hand out does not exist.
 * Both methods are synchronous and never throw.
 */
export interface ModuleHost {
  /** Finds a module by what stands after `use`, from the module it stands in; the entry has no `from`. */
  resolve(specifier: string, from: string | undefined): ResolvedModule | ModuleFailure;
  /** The bytes or the text of a module. */
  read(id: string): { readonly ok: true; readonly content: string | Uint8Array } | ModuleFailure;
  /** The text of the lock file beside the entry, where there is one. */
  lock?(): { readonly ok: true; readonly content: string | Uint8Array } | ModuleFailure | undefined;
}

/** The name of the lock file, beside the policy that is compiled. */
export const LOCK_FILE = "writ.lock.json";

/** Whether what stands after `use` is a file of a package: `@acme/policies/baseline.policy`. */
export function isPackagePath(specifier: string): boolean {
  const [first = "", ...rest] = specifier.split("/");
  const inside = first.startsWith("@") ? rest.slice(1) : rest;
  return (
    inside.length > 0 &&
    /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*(?:\/[A-Za-z0-9._~-]+)+$/.test(specifier) &&
    !specifier.split("/").some((part) => part === "." || part === "..")
  );
}

/**
 * A host over texts in memory, by name: `{ "main.policy": "...", "people.policy": "..." }`. Packages stand below
 * `node_modules/`, the lock file is `writ.lock.json`.
 */
export function memoryHost(files: Readonly<Record<string, string | Uint8Array>>): ModuleHost {
  const known = new Map(Object.entries(files));
  return {
    resolve(specifier, from) {
      const isPackage = from !== undefined && isPackagePath(specifier);
      const id = isPackage
        ? `node_modules/${specifier}`
        : from === undefined
          ? normalize(specifier)
          : normalize(`${folder(from)}${specifier}`);
      if (id === undefined) return { ok: false, reason: "it lies outside the folder that may be read" };
      const outside = id.startsWith("node_modules/");
      if (from !== undefined && !isPackage && packageOf(id) !== packageOf(from))
        return {
          ok: false,
          reason: outside ? "a package's file is named by its package" : "it lies outside the package that uses it",
        };
      return known.has(id) ? { ok: true, id, name: id, outside } : { ok: false, reason: "it was not found" };
    },
    lock() {
      const content = known.get(LOCK_FILE);
      return content === undefined ? undefined : { ok: true, content };
    },
    read(id) {
      const content = known.get(id);
      return content === undefined ? { ok: false, reason: "it was not found" } : { ok: true, content };
    },
  };
}

/** The package that a file below `node_modules/` is of. */
function packageOf(id: string): string | undefined {
  const parts = id.split("/");
  if (parts[0] !== "node_modules") return undefined;
  return parts.slice(1, parts[1]?.startsWith("@") === true ? 3 : 2).join("/");
}

function folder(id: string): string {
  return id.slice(0, id.lastIndexOf("/") + 1);
}

function normalize(path: string): string | undefined {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}
