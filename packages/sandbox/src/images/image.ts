import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { ProgramKind } from "../backend.js";
import { debianRoot, merged, PACKAGES } from "./debian.js";
import { guestFiles } from "./guest-files.js";
import { nodeFiles } from "./node-files.js";
import { skeleton } from "./skeleton.js";
import type { TarEntry } from "./tar.js";

/** `node`: the running Node on an empty root. `tools`: a shell, its tools and Python from Debian's packages, and Node. */
export type ImageName = "node" | "tools";

/** Counts up when what is in an image changes for another reason than its contents. */
const FORMAT = 1;

/** The image that programs of a kind run in. */
export function imageFor(program: ProgramKind): ImageName {
  return program === "python" || program === "shell" ? "tools" : "node";
}

/** Under `localhost/`, no engine looks for it in a registry. */
export function repository(name: ImageName): string {
  return `localhost/writ-sandbox-${name}`;
}

/**
 * The tag of an image of this Node, these runners and this format: an image of another one is not used. Of Debian's
 * packages it holds the names and the release, since their versions are known only when they are fetched.
 */
export async function imageTag(name: ImageName): Promise<string> {
  const [node, guest] = await Promise.all([nodeFiles(), guestFiles(guestNames(name))]);
  const of: unknown[] = [FORMAT, name, process.arch, node.digest, guest, skeleton()];
  if (name === "tools") of.push(PACKAGES, await release());
  return createHash("sha256").update(JSON.stringify(of)).digest("hex").slice(0, 24);
}

/** What goes into an image, to be read while it is packed; `dispose` removes what was fetched for it. */
export interface ImageContents {
  readonly entries: readonly TarEntry[];
  /** What was put in, in a few words each. */
  readonly made: readonly string[];
  dispose(): Promise<void>;
}

/** Rejects with a SandboxError `image_failed`. */
export async function imageContents(name: ImageName): Promise<ImageContents> {
  const [node, guest] = await Promise.all([nodeFiles(), guestFiles(guestNames(name))]);
  const made = [`Node ${process.version}`];
  if (name === "node") {
    const entries = [...skeleton(), ...folders(node.files), ...node.files, ...guest];
    return { entries: once(entries), made, dispose: () => Promise.resolve() };
  }
  const root = await debianRoot();
  // The libraries of the distribution come first: they are what Python and the shell were built for.
  const ofNode = [...folders(node.files), ...node.files].map((entry) =>
    Object.assign({}, entry, { path: merged(entry.path) }),
  );
  const entries = once([...root.entries, ...skeleton(), ...ofNode, ...guest]);
  return { entries, made: [...made, ...root.packages], dispose: () => root.dispose() };
}

function guestNames(name: ImageName): string[] {
  return name === "node" ? ["runner.cjs", "world.js"] : ["runner.cjs", "world.js", "runner.py"];
}

/** The folders above files, outermost first. */
function folders(files: readonly TarEntry[]): TarEntry[] {
  const paths = new Set<string>();
  for (const { path } of files) {
    const parts = path.split("/").slice(0, -1);
    for (let i = 1; i <= parts.length; i++) paths.add(parts.slice(0, i).join("/"));
  }
  return [...paths].map((path) => ({ kind: "folder", path, mode: 0o755 }));
}

/** The first of each path. */
function once(entries: readonly TarEntry[]): TarEntry[] {
  const byPath = new Map<string, TarEntry>();
  for (const entry of entries) if (!byPath.has(entry.path)) byPath.set(entry.path, entry);
  return [...byPath.values()];
}

async function release(): Promise<string> {
  const text = await readFile("/etc/os-release", "utf8").catch(() => "");
  return /^VERSION_CODENAME=(.*)$/m.exec(text)?.[1] ?? "unknown";
}
