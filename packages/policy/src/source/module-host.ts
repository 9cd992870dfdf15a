/** A module that was found: what the host calls it, and its name in messages and in the bundle. */
export interface ResolvedModule {
  readonly ok: true;
  readonly id: string;
  /** Relative to the folder of the first module, with forward slashes. */
  readonly name: string;
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
}

/** A host over texts in memory, by name: `{ "main.policy": "...", "people.policy": "..." }`. */
export function memoryHost(files: Readonly<Record<string, string | Uint8Array>>): ModuleHost {
  const known = new Map(Object.entries(files));
  return {
    resolve(specifier, from) {
      const id = from === undefined ? normalize(specifier) : normalize(`${folder(from)}${specifier}`);
      if (id === undefined) return { ok: false, reason: "it lies outside the folder that may be read" };
      return known.has(id) ? { ok: true, id, name: id } : { ok: false, reason: "it was not found" };
    },
    read(id) {
      const content = known.get(id);
      return content === undefined ? { ok: false, reason: "it was not found" } : { ok: true, content };
    },
  };
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
