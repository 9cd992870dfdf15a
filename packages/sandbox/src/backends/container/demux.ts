import { SandboxError } from "../../sandbox-error.js";

/** The header of a chunk: the stream's number, three zeros, the length as an unsigned 32-bit big-endian number. */
const HEADER = 8;
const STDOUT = 1;

/**
 * Takes the attached stream of a container without a terminal apart (Docker Engine API, "ContainerAttach", stream
 * format) and hands on what is of stdout, and what is of stderr, as it comes; it holds no more than a header.
 */
export class Demux {
  readonly #out: (bytes: Buffer) => void;
  readonly #err: (bytes: Buffer) => void;
  #header = Buffer.alloc(0);
  #left = 0;
  #stdout = false;

  constructor(out: (bytes: Buffer) => void, err: (bytes: Buffer) => void) {
    this.#out = out;
    this.#err = err;
  }

  /** Throws a {@link SandboxError} `boot_failed` where it is no such stream. */
  take(bytes: Buffer): void {
    let rest = bytes;
    while (rest.length > 0) {
      if (this.#left > 0) {
        const part = rest.subarray(0, this.#left);
        rest = rest.subarray(part.length);
        this.#left -= part.length;
        if (this.#stdout) this.#out(part);
        else this.#err(part);
        continue;
      }
      const need = HEADER - this.#header.length;
      this.#header = Buffer.concat([this.#header, rest.subarray(0, need)]);
      rest = rest.subarray(need);
      if (this.#header.length < HEADER) return;
      if ((this.#header[0] ?? 3) > 2 || this.#header[1] !== 0 || this.#header[2] !== 0 || this.#header[3] !== 0)
        throw new SandboxError("boot_failed", "the engine gave no stream of a container");
      this.#stdout = this.#header[0] === STDOUT;
      this.#left = this.#header.readUInt32BE(4);
      this.#header = Buffer.alloc(0);
    }
  }
}
