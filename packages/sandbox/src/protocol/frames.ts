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

/** Takes bytes as they come and gives whole frames. It holds no more than one frame beside what it was given last. */
export class FrameReader {
  readonly #bounds: FrameBounds;
  #chunks: Buffer[] = [];
  #held = 0;
  #need: number | undefined;
  #total = 0;
  #frames = 0;

  constructor(bounds: FrameBounds) {
    this.#bounds = bounds;
  }

  /** The frames that are whole now, as parsed JSON. Throws a {@link FrameViolation}; nothing is read after one. */
  take(bytes: Buffer): unknown[] {
    this.count(bytes.length);
    this.#chunks.push(bytes);
    this.#held += bytes.length;
    const messages: unknown[] = [];
    for (;;) {
      if (this.#need === undefined) {
        if (this.#held < 4) return messages;
        this.#need = this.#shift(4).readUInt32BE(0);
        if (this.#need > this.#bounds.frame)
          throw new FrameViolation(`a frame of more than ${this.#bounds.frame} bytes`, true);
        this.#frames += 1;
        if (this.#frames > this.#bounds.frames)
          throw new FrameViolation(`more than ${this.#bounds.frames} frames`, true);
      }
      if (this.#held < this.#need) return messages;
      const text = this.#shift(this.#need);
      this.#need = undefined;
      messages.push(parse(text));
    }
  }

  /** Counts bytes that came on another way against the same bound. Throws a {@link FrameViolation} past it. */
  count(bytes: number): void {
    this.#total += bytes;
    if (this.#total > this.#bounds.total) throw new FrameViolation(`more than ${this.#bounds.total} bytes`, true);
  }

  #shift(length: number): Buffer {
    const all = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    const whole = all ?? Buffer.alloc(0);
    const rest = whole.subarray(length);
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#held = rest.length;
    return whole.subarray(0, length);
  }
}

function parse(text: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(text));
  } catch {
    throw new FrameViolation("a frame that is no JSON");
  }
}
