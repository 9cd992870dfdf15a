/**
 * Preloaded into a process (`node --import`), this ends it at one chosen write to a folder, as a loss of power would: what
 * was not forced to stable storage is gone. {@link runAndCut} starts processes with it; nothing else has use for it.
 *
 * Counted are writes, syncs, truncations, new files, links, renames and removals through `node:fs/promises`, and writes
 * through `writeSync` to a file that was opened so: all that a log is written with. Renames are taken to be durable at once and in order, as on journaling file systems; a new
 * file is there only after its folder was synced; the unsynced tail of a file is lost, or a part of it that `seed` chooses.
 */
import system, { existsSync, statSync, truncateSync, unlinkSync, writeFileSync } from "node:fs";
import files, { type FileHandle } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { dirname, resolve, sep } from "node:path";

interface Plan {
  /** Files below it are watched; others are the outside world, and keep what was written. */
  readonly folder: string;
  /** The number of the operation to end at, from 1; absent: the process runs to its end. */
  readonly at?: number;
  /** End before the operation, in the middle of what it writes, or after it and before anybody is told. */
  readonly phase: "before" | "half" | "after";
  /** Whether unsynced data is lost; false is a killed process whose machine goes on. */
  readonly lose: boolean;
  readonly seed: number;
  /** Where the number of operations is written when the process ends by itself. */
  readonly count: string;
}

interface File {
  /** Bytes known to be on stable storage. */
  synced: number;
}

type Work = (...args: readonly unknown[]) => Promise<unknown>;

const plan = readPlan(process.env["WRIT_POWER_CUT"]);
const known = new Map<string, File>();
const handles = new WeakMap<object, string>();
/** The same files by the numbers that the system knows them by, while they are open. */
const open = new Map<number, string>();
/** New files whose folder was not synced yet. */
const unlisted = new Set<string>();
const never = new Promise<never>(() => undefined);
let operations = 0;
let underWay = 0;
let cutting = false;

function readPlan(text: string | undefined): Plan {
  const read: unknown = JSON.parse(text ?? "null");
  if (!isPlan(read)) throw new TypeError("WRIT_POWER_CUT is no plan");
  return { ...read, folder: resolve(read.folder) };
}

function isPlan(value: unknown): value is Plan {
  return typeof value === "object" && value !== null && "folder" in value && "count" in value && "seed" in value;
}

function watched(path: unknown): string | undefined {
  if (typeof path !== "string") return undefined;
  const full = resolve(path);
  return full === plan.folder || full.startsWith(plan.folder + sep) ? full : undefined;
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

function fileAt(path: string): File {
  const file = known.get(path) ?? { synced: sizeOf(path) };
  known.set(path, file);
  return file;
}

/** One operation on a watched file: the process may end here. */
async function operation(work: () => Promise<unknown>, half?: () => Promise<unknown>): Promise<unknown> {
  if (cutting) return never;
  operations += 1;
  const here = operations === plan.at;
  if (here) cutting = true;
  if (here && plan.phase === "before") return cut();
  underWay += 1;
  try {
    return await (here && plan.phase === "half" && half !== undefined ? half() : work());
  } finally {
    underWay -= 1;
    if (here || (cutting && underWay === 0)) await cut();
  }
}

/** Ends the process once what was begun before has come to its end. */
async function cut(): Promise<never> {
  cutting = true;
  if (underWay > 0) return never;
  if (plan.lose) lose();
  process.kill(process.pid, "SIGKILL");
  return never;
}

/** Where nothing can be waited for: what is under way on other files is in whatever state it is. */
function cutNow(): void {
  cutting = true;
  if (plan.lose) lose();
  process.kill(process.pid, "SIGKILL");
}

function lose(): void {
  let seed = plan.seed;
  for (const [path, { synced }] of known) {
    const size = sizeOf(path);
    if (unlisted.has(path) && existsSync(path)) unlinkSync(path);
    else if (size > synced) {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      truncateSync(path, synced + (seed % 3 === 0 ? seed % (size - synced + 1) : 0));
    }
  }
}

function replace(of: object, name: string, make: (original: Work) => Work): void {
  const original: unknown = Reflect.get(of, name);
  if (typeof original !== "function") throw new TypeError(`node:fs/promises has no ${name}`);
  const made = make((...args) => Promise.resolve(Reflect.apply(original, undefined, args)));
  Object.defineProperty(of, name, { value: made, configurable: true, writable: true });
}

function replaceMethod(of: object, name: string, make: (handle: object, original: Work) => Work): void {
  const original: unknown = Reflect.get(of, name);
  if (typeof original !== "function") throw new TypeError(`a file handle has no ${name}`);
  Object.defineProperty(of, name, {
    configurable: true,
    writable: true,
    value: function (this: object, ...args: readonly unknown[]): Promise<unknown> {
      return make(this, (...given) => Promise.resolve(Reflect.apply(original, this, given)))(...args);
    },
  });
}

/** The number of a file that is closed may be another's next. In some versions of Node each handle has a `close` of its own. */
function forgetWhenClosed(handle: FileHandle): void {
  const { fd } = handle;
  const close: unknown = Reflect.get(handle, "close");
  if (typeof close !== "function") throw new TypeError("a file handle has no close");
  Object.defineProperty(handle, "close", {
    configurable: true,
    writable: true,
    value: (): unknown => {
      open.delete(fd);
      return Reflect.apply(close, handle, []);
    },
  });
}

function prototypeOf(value: object): object {
  const found: unknown = Object.getPrototypeOf(value);
  if (typeof found !== "object" || found === null) throw new TypeError("a file handle has no prototype");
  return found;
}

function flushed(options: unknown): boolean {
  return typeof options === "object" && options !== null && "flush" in options && options.flush === true;
}

function isHandle(value: unknown): value is FileHandle {
  return typeof value === "object" && value !== null && "fd" in value;
}

const probe = await files.open(process.execPath, "r");
const prototype = prototypeOf(probe);
await probe.close();

replace(files, "open", (original) => async (...args) => {
  const path = watched(args[0]);
  if (path === undefined) return original(...args);
  const made = !existsSync(path);
  const begin = async (): Promise<unknown> => {
    const handle = await original(...args);
    if (isHandle(handle)) {
      handles.set(handle, path);
      open.set(handle.fd, path);
      forgetWhenClosed(handle);
    }
    if (made) unlisted.add(path);
    fileAt(path);
    return handle;
  };
  return made ? operation(begin) : cutting ? never : begin();
});

const { writeSync } = system;
Object.defineProperty(system, "writeSync", {
  configurable: true,
  writable: true,
  value: (...args: readonly unknown[]): unknown => {
    const [fd, bytes, offset = 0, , position] = args;
    // Texts, and what goes elsewhere, such as a pipe that has no positions, go as they came.
    if (typeof fd !== "number" || !open.has(fd) || !(bytes instanceof Uint8Array) || typeof offset !== "number")
      return Reflect.apply(writeSync, system, args);
    const length = typeof args[3] === "number" ? args[3] : bytes.length - offset;
    if (cutting) cutNow();
    operations += 1;
    const here = operations === plan.at;
    if (here && plan.phase === "before") cutNow();
    const some = here && plan.phase === "half" ? Math.floor(length / 2) : length;
    const written = writeSync(fd, bytes, offset, some, typeof position === "number" ? position : null);
    if (here) cutNow();
    return written;
  },
});

for (const name of ["write", "writev", "writeFile", "appendFile", "truncate"])
  replaceMethod(prototype, name, (handle, original) => async (...args) => {
    const path = handles.get(handle);
    if (path === undefined) return original(...args);
    return operation(
      async () => {
        const done = await original(...args);
        if (name === "truncate") fileAt(path).synced = Math.min(fileAt(path).synced, sizeOf(path));
        return done;
      },
      async () => {
        const [bytes, offset, length, position] = args;
        if (name !== "write" || !(bytes instanceof Uint8Array)) return undefined;
        const all = typeof length === "number" ? length : bytes.length;
        return original(bytes, offset, Math.floor(all / 2), position);
      },
    );
  });

for (const name of ["sync", "datasync"])
  replaceMethod(prototype, name, (handle, original) => async (...args) => {
    const path = handles.get(handle);
    if (path === undefined) return original(...args);
    return operation(async () => {
      const size = sizeOf(path);
      const listed = [...unlisted].filter((file) => dirname(file) === path);
      const done = await original(...args);
      const file = fileAt(path);
      file.synced = Math.max(file.synced, size);
      for (const entry of listed) unlisted.delete(entry);
      return done;
    });
  });

for (const name of ["rename", "link"])
  replace(files, name, (original) => async (...args) => {
    const [from, to] = [watched(args[0]), watched(args[1])];
    if (from === undefined || to === undefined) return original(...args);
    return operation(async () => {
      const done = await original(...args);
      known.set(to, fileAt(from));
      if (name === "link") unlisted.add(to);
      else {
        known.delete(from);
        unlisted.delete(from);
      }
      return done;
    });
  });

for (const name of ["unlink", "rm", "writeFile", "truncate"])
  replace(files, name, (original) => async (...args) => {
    const path = watched(args[0]);
    if (path === undefined) return original(...args);
    return operation(async () => {
      const made = !existsSync(path);
      if (name === "writeFile" && !made) fileAt(path);
      if (name === "writeFile" && made) known.set(path, { synced: 0 });
      const done = await original(...args);
      if (name === "writeFile" && made) unlisted.add(path);
      if (name === "writeFile" && flushed(args[2])) fileAt(path).synced = sizeOf(path);
      if (name === "truncate") fileAt(path).synced = Math.min(fileAt(path).synced, sizeOf(path));
      if (name === "unlink" || name === "rm") {
        known.delete(path);
        unlisted.delete(path);
      }
      return done;
    });
  });

syncBuiltinESMExports();
process.on("exit", () => writeFileSync(plan.count, String(operations)));
