import { FIRST_PREV } from "./encode-record.js";
import type { RawLine } from "./line-splitter.js";
import { MerkleFrontier } from "./merkle.js";
import type { Problem, ProblemCode } from "./problem.js";
import { ErasedRanges } from "./erased-ranges.js";
import { readLine, type LooseRecord } from "./stored-line.js";

const MAX_PROBLEMS = 100;

/** A record of a log as it is read: `record` is undefined where retention deleted it. */
export interface ChainEntry {
  readonly seq: number;
  readonly hash: string;
  readonly stored?: string;
  readonly record?: LooseRecord;
  readonly sealed?: string;
}

/** Where a check begins that does not begin at the first record: what the records before have come to. */
export interface ChainStart {
  readonly size: number;
  /** Hash of the record before. */
  readonly tip: string;
  /** Roots of the perfect subtrees, largest first. */
  readonly frontier: readonly string[];
}

export interface ChainOptions {
  /** Size at which the tree's root is wanted, which is the checkpoint's. */
  readonly rootAt?: number;
  /** Whether each record must also be in canonical form; says who wrote it, not whether it was changed. */
  readonly canonical?: boolean;
  /** Called with each good record, in order. */
  readonly onEntry?: (entry: ChainEntry) => void;
  readonly start?: ChainStart;
}

/**
 * Follows a log line by line: each hash over its bytes, each number, each link to the line before. Takes any
 * bytes, never throws, and holds no more than the tree's right edge.
 */
export class ChainCheck {
  readonly frontier: MerkleFrontier;
  readonly problems: Problem[] = [];
  omitted = 0;
  /** Complete lines seen, those before the start included. */
  lines: number;
  /** Bytes of the present file up to the end of its last good record. */
  goodBytes = 0;
  /** Root of the tree at `rootAt`, when every record up to there is good. */
  rootThere: string | undefined;
  /** Records that are gone, and what permits it. */
  readonly erased = new ErasedRanges();
  readonly #options: ChainOptions;
  #file = { name: "", begins: 0 };
  #expected: number;
  /** Hash of the last legible record, which the next one's `prev` must be. */
  #previous: string;
  /** The two hashes that may be meant when the line before was changed: the stated one and the actual one. */
  #damaged: readonly string[] | undefined;
  /** Lines since the last legible one, which may be the records that the next number skips. */
  #illegible = 0;
  #bytes = 0;

  constructor(options: ChainOptions = {}) {
    const { start, rootAt } = options;
    this.#options = options;
    this.frontier = new MerkleFrontier(start);
    this.lines = start?.size ?? 0;
    this.#expected = this.lines;
    this.#previous = start?.tip ?? FIRST_PREV;
    this.#file.begins = this.lines;
    if (rootAt === this.frontier.size) this.rootThere = this.frontier.root();
  }

  /** Hash of the last good record. */
  get tip(): string {
    return this.#previous;
  }

  /** Number of the record that would come next, as far as the lines tell. */
  get next(): number {
    return this.#place();
  }

  get intact(): boolean {
    return this.problems.length === 0;
  }

  /** The lines that follow are those of this file. */
  file(name: string): void {
    this.#file = { name, begins: this.lines };
    this.#bytes = 0;
    this.goodBytes = 0;
  }

  line(raw: RawLine): void {
    this.#bytes += raw.length;
    if (!raw.ended) {
      this.#report(
        "torn",
        `The last line${this.#where()} is not complete: ${raw.length} bytes without an end. A write was cut off there, or the end was taken away. Record ${this.#place()} is lost or was never acknowledged.`,
      );
      return;
    }
    this.lines += 1;
    if (raw.bytes === undefined) {
      this.#bad(
        "malformed",
        `Line ${this.#line()} is ${raw.length} bytes long, longer than any record: it was not written by the log.`,
      );
      return;
    }
    this.#content(raw.bytes);
  }

  #content(bytes: Uint8Array): void {
    const found = readLine(bytes, this.#options.canonical === true);
    const [line, place] = [this.#line(), this.#place()];
    switch (found.kind) {
      case "binary":
        this.#bad("edited", `Record ${place} was changed: its line is no longer text.`);
        return;
      case "garbage":
        this.#bad(
          "malformed",
          `Line ${line}, where record ${place} belongs, is not a record: it was damaged or put there.`,
        );
        return;
      case "edited":
        this.#bad("edited", `Record ${place} was changed: its bytes are not those that its hash was made of.`);
        // Either its text or its hash was changed; the next record tells which one it was linked to.
        if (this.#illegible === 1) this.#damaged = [found.stated, found.actual];
        return;
      case "resealed":
        this.#bad("edited", `Record ${place} was changed: its sealed arguments are not those that it names.`);
        return;
      case "foreign":
        this.#bad(
          "malformed",
          `Line ${line}, where record ${place} belongs, has a good hash and is not a record in canonical form: the log did not write it.`,
        );
        return;
      case "erased":
        this.erased.payload(place);
        this.#accept(place, found.hash, { seq: place, hash: found.hash });
        return;
      case "record": {
        const { record, hash, stored, sealed, unsealed } = found;
        if (!this.#follows(record)) return;
        const seq = this.#expected;
        if (unsealed) this.erased.sealed(seq);
        this.#accept(seq, hash, { seq, hash, stored, record, ...(sealed === undefined ? {} : { sealed }) });
        return;
      }
    }
  }

  /** A legible record: is it the next one? If so, `#expected` is its number. */
  #follows(record: LooseRecord): boolean {
    const { seq, prev } = record;
    const line = this.#line();
    if (typeof seq !== "number" || !Number.isSafeInteger(seq) || seq < 0 || typeof prev !== "string") {
      this.#bad(
        "malformed",
        `Line ${line}, where record ${this.#place()} belongs, is a record without a number or a link.`,
      );
      return false;
    }
    if (seq < this.#expected) {
      this.#report(
        "out_of_order",
        `Record ${seq} stands at line ${line}, after record ${this.#expected - 1}: it was moved, repeated or put there.`,
        seq,
      );
      return false;
    }
    const skipped = seq - this.#expected;
    if (skipped > this.#illegible) {
      const first = this.#expected + this.#illegible;
      const names = first === seq - 1 ? `Record ${first} is` : `Records ${first} to ${seq - 1} are`;
      this.#report("missing", `${names} missing before line ${line}: taken out or moved.`, first);
    } else {
      const allowed =
        skipped === 0 ? [this.#previous] : skipped === 1 && this.#illegible === 1 ? this.#damaged : undefined;
      if (allowed !== undefined && !allowed.includes(prev)) {
        this.#report("replaced", `Record ${seq} does not follow record ${seq - 1}: one of the two was replaced.`, seq);
      }
    }
    this.#expected = seq;
    return true;
  }

  #accept(seq: number, hash: string, entry: ChainEntry): void {
    this.#expected = seq + 1;
    this.#previous = hash;
    this.#illegible = 0;
    this.#damaged = undefined;
    if (entry.record !== undefined) this.#ownWords(seq, entry.record);
    if (!this.intact) return;
    this.goodBytes = this.#bytes;
    this.frontier.append(hash);
    if (this.frontier.size === this.#options.rootAt) this.rootThere = this.frontier.root();
    this.#options.onEntry?.(entry);
  }

  /** What a record says of the log itself must be so. */
  #ownWords(seq: number, record: LooseRecord): void {
    if (record["type"] === "retention") this.erased.permit(seq, record);
    // After damage the tree is not known, and there is nothing to compare with.
    if (record["type"] !== "segment" || !this.intact) return;
    if (JSON.stringify(record["frontier"]) === JSON.stringify(this.frontier.roots())) return;
    this.#report("malformed", `Record ${seq} begins a segment and does not give the tree as it is there.`, seq);
  }

  /** The record that belongs at the present line. */
  #place(): number {
    return this.#expected + this.#illegible;
  }

  #line(): string {
    return `${this.lines - this.#file.begins}${this.#where()}`;
  }

  #where(): string {
    return this.#file.name === "" ? "" : ` of ${this.#file.name}`;
  }

  #bad(code: ProblemCode, message: string): void {
    this.#report(code, message);
    this.#illegible += 1;
    this.#damaged = undefined;
  }

  #report(code: ProblemCode, message: string, seq = this.#place()): void {
    if (this.problems.length >= MAX_PROBLEMS) {
      this.omitted += 1;
      return;
    }
    const { name, begins } = this.#file;
    const line = this.lines - begins + (code === "torn" ? 1 : 0);
    this.problems.push({ code, message, seq, line, ...(name === "" ? {} : { file: name }) });
  }
}
