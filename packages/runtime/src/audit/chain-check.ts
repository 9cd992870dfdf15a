import { canonicalize, copyJson } from "@writ/ir";
import { FIRST_PREV, leafHash, MAX_RECORD_BYTES } from "./encode-record.js";
import type { RawLine } from "./line-splitter.js";
import { MerkleFrontier } from "./merkle.js";
import type { Problem, ProblemCode } from "./problem.js";
import { isRecord } from "./record-fields.js";

/** The longest line: a hash, a space, a record. */
export const MAX_LINE = 65 + MAX_RECORD_BYTES;

const MAX_PROBLEMS = 100;
const STORED_BOUNDS = { depth: 48, nodes: 200_000, bytes: 2 * MAX_RECORD_BYTES };
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const HEAD = /^[0-9a-f]{64} \{/;

export interface ChainOptions {
  /** Size at which the tree's root is wanted, which is the checkpoint's. */
  readonly rootAt?: number;
  /** Whether each record must also be in canonical form; says who wrote it, not whether it was changed. */
  readonly canonical?: boolean;
  /** Called with each good record, in order. */
  readonly onRecord?: (record: Readonly<Record<string, unknown>>) => void;
}

/**
 * Follows a log line by line: each hash over its bytes, each number, each link to the line before. Takes any
 * bytes, never throws, and holds no more than the tree's right edge.
 */
export class ChainCheck {
  readonly frontier = new MerkleFrontier();
  readonly problems: Problem[] = [];
  omitted = 0;
  /** Complete lines seen. */
  lines = 0;
  /** Bytes up to the end of the last good record. */
  goodBytes = 0;
  /** Root of the tree at `rootAt`, when every record up to there is good. */
  rootThere: string | undefined;
  readonly #options: ChainOptions;
  #expected = 0;
  /** Hash of the last legible record, which the next one's `prev` must be. */
  #previous = FIRST_PREV;
  /** The two hashes that may be meant when the line before was changed: the stated one and the actual one. */
  #damaged: readonly string[] | undefined;
  /** Lines since the last legible one, which may be the records that the next number skips. */
  #illegible = 0;
  #bytes = 0;

  constructor(options: ChainOptions = {}) {
    this.#options = options;
    if (options.rootAt === 0) this.rootThere = this.frontier.root();
  }

  /** Hash of the last good record. */
  get tip(): string {
    return this.#previous;
  }

  get intact(): boolean {
    return this.problems.length === 0;
  }

  line(raw: RawLine): void {
    this.#bytes += raw.length;
    if (!raw.ended) {
      this.#report(
        "torn",
        `The last line is not complete: ${raw.length} bytes without an end. A write was cut off there, or the end was taken away. Record ${this.#place()} is lost or was never acknowledged.`,
      );
      return;
    }
    this.lines += 1;
    if (raw.bytes === undefined) {
      this.#bad(
        "malformed",
        `Line ${this.lines} is ${raw.length} bytes long, longer than any record: it was not written by the log.`,
      );
      return;
    }
    this.#content(raw.bytes);
  }

  #content(bytes: Uint8Array): void {
    const whole = decode(bytes);
    if (whole === undefined || !HEAD.test(whole)) {
      const edited = whole === undefined;
      this.#bad(
        edited ? "edited" : "malformed",
        edited
          ? `Record ${this.#place()} was changed: its line is no longer text.`
          : `Line ${this.lines}, where record ${this.#place()} belongs, is not a record: it was damaged or put there.`,
      );
      return;
    }
    const stated = whole.slice(0, 64);
    const stored = whole.slice(65);
    const actual = leafHash(stored);
    if (actual !== stated) {
      this.#bad("edited", `Record ${this.#place()} was changed: its bytes are not those that its hash was made of.`);
      // Either its text or its hash was changed; the next record tells which one it was linked to.
      if (this.#illegible === 1) this.#damaged = [stated, actual];
      return;
    }
    const record = parse(stored, this.#options.canonical === true);
    if (record === undefined) {
      this.#bad(
        "malformed",
        `Line ${this.lines}, where record ${this.#place()} belongs, has a good hash and is not a record in canonical form: the log did not write it.`,
      );
      return;
    }
    this.#follow(record, actual);
  }

  /** A legible record: is it the next one? */
  #follow(record: Readonly<Record<string, unknown>>, hash: string): void {
    const { seq, prev } = record;
    if (typeof seq !== "number" || !Number.isSafeInteger(seq) || seq < 0 || typeof prev !== "string") {
      this.#bad(
        "malformed",
        `Line ${this.lines}, where record ${this.#place()} belongs, is a record without a number or a link.`,
      );
      return;
    }
    if (seq < this.#expected) {
      this.#report(
        "out_of_order",
        `Record ${seq} stands at line ${this.lines}, after record ${this.#expected - 1}: it was moved, repeated or put there.`,
        seq,
      );
      return;
    }
    const skipped = seq - this.#expected;
    if (skipped > this.#illegible) {
      const first = this.#expected + this.#illegible;
      const names = first === seq - 1 ? `Record ${first} is` : `Records ${first} to ${seq - 1} are`;
      this.#report("missing", `${names} missing before line ${this.lines}: taken out or moved.`, first);
    } else {
      const allowed =
        skipped === 0 ? [this.#previous] : skipped === 1 && this.#illegible === 1 ? this.#damaged : undefined;
      if (allowed !== undefined && !allowed.includes(prev)) {
        this.#report("replaced", `Record ${seq} does not follow record ${seq - 1}: one of the two was replaced.`, seq);
      }
    }
    this.#expected = seq + 1;
    this.#previous = hash;
    this.#illegible = 0;
    this.#damaged = undefined;
    if (!this.intact) return;
    this.goodBytes = this.#bytes;
    this.frontier.append(hash);
    if (this.frontier.size === this.#options.rootAt) this.rootThere = this.frontier.root();
    this.#options.onRecord?.(record);
  }

  /** The record that belongs at the present line. */
  #place(): number {
    return this.#expected + this.#illegible;
  }

  #bad(code: ProblemCode, message: string): void {
    this.#report(code, message);
    this.#illegible += 1;
    this.#damaged = undefined;
  }

  #report(code: ProblemCode, message: string, seq = this.#place()): void {
    if (this.problems.length >= MAX_PROBLEMS) this.omitted += 1;
    else this.problems.push({ code, message, seq, line: code === "torn" ? this.lines + 1 : this.lines });
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function parse(stored: string, canonical: boolean): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(stored);
    if (!isRecord(value)) return undefined;
    if (!canonical) return value;
    const copied = copyJson(value, STORED_BOUNDS);
    return copied.ok && canonicalize(copied.value) === stored ? value : undefined;
  } catch {
    return undefined;
  }
}
