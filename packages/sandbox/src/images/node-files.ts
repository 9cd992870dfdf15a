import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { command } from "./command.js";
import { SandboxError } from "../sandbox-error.js";
import type { TarEntry } from "./tar.js";

/** The running Node as it is put into images: one binary, and the libraries that its loader asks for. */
export interface NodeFiles {
  readonly files: readonly Extract<TarEntry, { kind: "file" }>[];
  /** SHA-256 over paths and contents, in hexadecimal. */
  readonly digest: string;
}

/** Where Node is inside an image. */
export const NODE_INSIDE = "/usr/local/bin/node";

let found: Promise<NodeFiles> | undefined;

/** Looked up once a process: it reads some 120 MB. Rejects with a {@link SandboxError} `image_failed`. */
export function nodeFiles(): Promise<NodeFiles> {
  found ??= look().catch((error: unknown) => {
    found = undefined;
    throw error;
  });
  return found;
}

async function look(): Promise<NodeFiles> {
  if (process.platform !== "linux")
    throw new SandboxError("image_failed", "images hold the running Node, and this one is not for Linux");
  const listed = await command("ldd", [process.execPath]).catch((error: unknown) => {
    if (error instanceof SandboxError && error.message.includes("not a dynamic executable")) return "";
    throw error;
  });
  const libraries = librariesOf(listed);
  const hash = createHash("sha256");
  const files: Extract<TarEntry, { kind: "file" }>[] = [];
  const places = [
    { path: NODE_INSIDE, source: process.execPath },
    ...libraries.map((path) => ({ path, source: path })),
  ];
  for (const { path, source } of places) {
    const real = await realpath(source);
    const { size } = await stat(real);
    files.push({ kind: "file", path: path.slice(1), mode: 0o755, source: real, size });
    hash.update(`${path} ${size}\n`);
    for await (const chunk of createReadStream(real, { highWaterMark: 1024 * 1024 })) {
      if (Buffer.isBuffer(chunk)) hash.update(chunk);
    }
  }
  return { files, digest: hash.digest("hex") };
}

/** The absolute paths in what `ldd` prints, the loader's own among them. */
export function librariesOf(listed: string): string[] {
  const paths = new Set<string>();
  for (const line of listed.split("\n")) {
    const missing = /^\s*(\S+) => not found/.exec(line);
    if (missing !== null) throw new SandboxError("image_failed", `a library of Node is not there: ${missing[1]}`);
    const path = /(?:^\s*|=> )(\/\S+) \(0x[0-9a-f]+\)/.exec(line)?.[1];
    if (path !== undefined) paths.add(path);
  }
  return [...paths].toSorted();
}
