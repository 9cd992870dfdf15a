import { SandboxError } from "../../sandbox-error.js";

/** Bytes of a page of WebAssembly memory. */
export const PAGE = 65_536;

const MEMORY_SECTION = 5;

/**
 * The module with a maximum set to its own memory: what the engine inside allocates, counted by it or not, ends there.
 * WebAssembly core specification, 5.5.8: a memory section holds limits, whose flag 1 says that a maximum follows.
 */
export function withMemoryMaximum(module: Uint8Array, pages: number): Uint8Array<ArrayBuffer> {
  let at = 8;
  while (at < module.length) {
    const begin = at;
    const id = module[at];
    const size = readUnsigned(module, at + 1);
    const content = size.next;
    at = content + size.value;
    if (id !== MEMORY_SECTION) continue;
    const count = readUnsigned(module, content);
    const flag = module[count.next];
    if (count.value !== 1 || flag === undefined || flag > 1)
      throw new SandboxError("boot_failed", "the engine's module has a memory of an unknown kind");
    const least = readUnsigned(module, count.next + 1);
    if (least.value > pages)
      throw new SandboxError("bad_option", `the engine needs at least ${least.value * PAGE} bytes of memory`);
    const limits = [1, 1, ...writeUnsigned(least.value), ...writeUnsigned(pages)];
    const section = [MEMORY_SECTION, ...writeUnsigned(limits.length), ...limits];
    const made = new Uint8Array(begin + section.length + module.length - at);
    made.set(module.subarray(0, begin), 0);
    made.set(section, begin);
    made.set(module.subarray(at), begin + section.length);
    return made;
  }
  throw new SandboxError("boot_failed", "the engine's module has no memory of its own");
}

/** An unsigned LEB128 number. */
function readUnsigned(bytes: Uint8Array, from: number): { readonly value: number; readonly next: number } {
  let [value, shift, next] = [0, 0, from];
  for (;;) {
    const byte = bytes[next];
    if (byte === undefined || shift > 28) throw new SandboxError("boot_failed", "the engine's module cannot be read");
    value += (byte & 127) * 2 ** shift;
    next += 1;
    if (byte < 128) return { value, next };
    shift += 7;
  }
}

function writeUnsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return bytes;
}
