import { createReadStream } from "node:fs";
import { SandboxError } from "../sandbox-error.js";

/** What a tar archive holds: all of it belongs to root, of one date, so that equal contents give equal bytes. */
export type TarEntry =
  | { readonly kind: "folder"; readonly path: string; readonly mode: number }
  | { readonly kind: "link"; readonly path: string; readonly target: string }
  | { readonly kind: "text"; readonly path: string; readonly mode: number; readonly text: string }
  /** A file of the host, read when its turn comes; it must then have this many bytes. */
  | {
      readonly kind: "file";
      readonly path: string;
      readonly mode: number;
      readonly source: string;
      readonly size: number;
    };

const BLOCK = 512;
/** What the 11 octal digits of a size hold. */
const MAX_SIZE = 8 ** 11 - 1;

/**
 * A POSIX.1-1988 ustar archive (pax(1), "ustar Interchange Format"), piece by piece. Paths are relative, without `..`.
 * Throws a {@link SandboxError} `bad_option` for a path that the format cannot hold, or a file that changed its size.
 */
export async function* writeTar(entries: Iterable<TarEntry>): AsyncGenerator<Buffer> {
  for (const entry of entries) {
    yield header(entry);
    if (entry.kind === "text") {
      const bytes = Buffer.from(entry.text, "utf8");
      yield bytes;
      yield padding(bytes.length);
    } else if (entry.kind === "file") {
      yield* fileBytes(entry);
      yield padding(entry.size);
    }
  }
  yield Buffer.alloc(2 * BLOCK);
}

async function* fileBytes(entry: Extract<TarEntry, { kind: "file" }>): AsyncGenerator<Buffer> {
  let seen = 0;
  const stream = createReadStream(entry.source, { highWaterMark: 1024 * 1024 });
  for await (const chunk of stream) {
    if (!Buffer.isBuffer(chunk)) continue;
    seen += chunk.length;
    if (seen > entry.size) break;
    yield chunk;
  }
  if (seen !== entry.size) throw new SandboxError("bad_option", `${entry.source} changed while it was packed`);
}

function header(entry: TarEntry): Buffer {
  const block = Buffer.alloc(BLOCK);
  const { name, prefix } = splitPath(entry);
  block.write(name, 0, 100, "utf8");
  octal(block, modeOf(entry), 100, 8);
  octal(block, 0, 108, 8); // root
  octal(block, 0, 116, 8);
  octal(block, sizeOf(entry), 124, 12);
  octal(block, 0, 136, 12);
  block.write(entry.kind === "folder" ? "5" : entry.kind === "link" ? "2" : "0", 156, "latin1");
  if (entry.kind === "link") block.write(entry.target, 157, 100, "utf8");
  block.write("ustar\u000000", 257, "latin1");
  block.write(prefix, 345, 155, "utf8");
  block.fill(" ", 148, 156); // the checksum is counted with blanks in its place
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

/** The mode without the bits that let a program run as another user. */
function modeOf(entry: TarEntry): number {
  return entry.kind === "link" ? 0o777 : entry.mode & 0o777;
}

function sizeOf(entry: TarEntry): number {
  const size = entry.kind === "file" ? entry.size : entry.kind === "text" ? Buffer.byteLength(entry.text) : 0;
  if (size > MAX_SIZE) throw new SandboxError("bad_option", `${entry.path} is too large for a tar archive`);
  return size;
}

function splitPath(entry: TarEntry): { name: string; prefix: string } {
  const path = entry.kind === "folder" ? `${entry.path}/` : entry.path;
  if (path.startsWith("/") || path.split("/").includes("..") || path.includes("\0"))
    throw new SandboxError("bad_option", `${entry.path} is no path of an archive`);
  if (entry.kind === "link" && Buffer.byteLength(entry.target) > 100)
    throw new SandboxError("bad_option", `${entry.path} points to a path too long for a tar archive`);
  if (Buffer.byteLength(path) <= 100) return { name: path, prefix: "" };
  for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (name !== "" && Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(name) <= 100) return { name, prefix };
  }
  throw new SandboxError("bad_option", `${entry.path} is too long for a tar archive`);
}

function octal(block: Buffer, value: number, at: number, width: number): void {
  block.write(value.toString(8).padStart(width - 1, "0"), at, width - 1, "latin1");
}

function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}
