/** One line of a log as it was read. */
export interface RawLine {
  /** Without the newline; undefined when it is longer than any line may be. */
  readonly bytes: Uint8Array | undefined;
  /** False for what follows the last newline. */
  readonly ended: boolean;
  /** Length in bytes, the newline included. */
  readonly length: number;
}

const NEWLINE = 10;

/** Cuts chunks into lines, in memory that the longest allowed line bounds, whatever is read. */
export class LineSplitter {
  readonly #max: number;
  readonly #line: (line: RawLine) => void;
  #parts: Uint8Array[] = [];
  #held = 0;

  constructor(max: number, line: (line: RawLine) => void) {
    this.#max = max;
    this.#line = line;
  }

  push(chunk: Uint8Array): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end < 0) break;
      this.#hold(chunk.subarray(start, end));
      this.#emit(true);
      start = end + 1;
    }
    this.#hold(chunk.subarray(start));
  }

  /** Gives what follows the last newline, if anything does. */
  end(): void {
    if (this.#held > 0) this.#emit(false);
  }

  #hold(part: Uint8Array): void {
    if (part.length === 0) return;
    this.#held += part.length;
    // Past the bound nothing is kept: only how long it was.
    if (this.#held > this.#max) this.#parts = [];
    else this.#parts.push(new Uint8Array(part)); // a copy, which slice() of a Buffer is not: readers use their chunk again
  }

  #emit(ended: boolean): void {
    const length = this.#held + (ended ? 1 : 0);
    const bytes = this.#held > this.#max ? undefined : join(this.#parts, this.#held);
    this.#parts = [];
    this.#held = 0;
    this.#line({ bytes, ended, length });
  }
}

function join(parts: readonly Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1 && parts[0] !== undefined) return parts[0];
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
