/** What one side takes of the other. A frame is its length in bytes as an unsigned 32-bit big-endian number, then UTF-8 JSON. */
export interface FrameBounds {
  /** Bytes of one frame. */
  readonly frame: number;
  /** Bytes of all frames of a sandbox's life. */
  readonly total: number;
  readonly frames: number;
}

/** The host's own frames carry programs; what it takes from inside is less. */
export const FROM_HOST: FrameBounds = { frame: 64 * 1024 * 1024, total: 1024 * 1024 * 1024, frames: 100_000 };

/** A frame that breaks the bounds or is no JSON: the sandbox is ended. */
export class FrameViolation extends Error {
  override readonly name = "FrameViolation";
  /** Whether it is only more than the host takes in. */
  readonly large: boolean;

  constructor(message: string, large = false) {
    super(message);
    this.large = large;
  }
}

export function encodeFrame(message: unknown): Buffer {
  const text = Buffer.from(JSON.stringify(message), "utf8");
  const frame = Buffer.allocUnsafe(4 + text.length);
  frame.writeUInt32BE(text.length, 0);
  text.copy(frame, 4);
  return frame;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Takes bytes as they come and gives whole frames. It holds no more than twice one frame beside what it was given last,
 * however small the pieces are that it comes in.
 */
export class FrameReader {
  readonly #bounds: FrameBounds;
  #held: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  #total = 0;
  #frames = 0;

  constructor(bounds: FrameBounds) {
    this.#bounds = bounds;
  }

  /** Counts bytes that came beside the protocol. Throws a {@link FrameViolation}. */
  count(bytes: number): void {
    this.#total += bytes;
    if (this.#total > this.#bounds.total) throw new FrameViolation(`more than ${this.#bounds.total} bytes`, true);
  }

  /** The frames that are whole now, as parsed JSON. Throws a {@link FrameViolation}; nothing is read after one. */
  take(bytes: Buffer): unknown[] {
    this.count(bytes.length);
    this.#append(bytes);
    const messages: unknown[] = [];
    for (;;) {
      if (this.#end - this.#start < 4) return messages;
      const need = this.#held.readUInt32BE(this.#start);
      if (need > this.#bounds.frame) throw new FrameViolation(`a frame of more than ${this.#bounds.frame} bytes`, true);
      const from = this.#start + 4;
      if (this.#end - from < need) return messages;
      this.#frames += 1;
      if (this.#frames > this.#bounds.frames) throw new FrameViolation(`more than ${this.#bounds.frames} frames`, true);
      this.#start = from + need;
      messages.push(parse(this.#held.subarray(from, this.#start)));
    }
  }

  #append(bytes: Buffer): void {
    const held = this.#end - this.#start;
    if (held === 0) {
      // Read where it lies; it is full, so that nothing is ever written into it.
      [this.#held, this.#start, this.#end] = [bytes, 0, bytes.length];
      return;
    }
    if (this.#end + bytes.length > this.#held.length) {
      const grown = Buffer.allocUnsafe(Math.max(2 * held, held + bytes.length));
      this.#held.copy(grown, 0, this.#start, this.#end);
      [this.#held, this.#start, this.#end] = [grown, 0, held];
    }
    bytes.copy(this.#held, this.#end);
    this.#end += bytes.length;
  }
}

function parse(text: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(text));
  } catch {
    throw new FrameViolation("a frame that is no JSON");
  }
}
