import type { LooseRecord } from "./stored-line.js";

type What = "payloads" | "sealed";

interface Range {
  readonly what: What;
  readonly first: number;
  last: number;
}

/** More holes than this are told as one. */
const MAX_RANGES = 1000;

/** What retention took: how much, up to where, and whether the log says so itself. */
export interface Retained {
  /** Records of which only the hash is left. */
  readonly payloads: number;
  /** Records whose sealed arguments are gone. */
  readonly sealed: number;
  /** The last record that a signed retention record permits to be gone; undefined when there is none. */
  readonly through?: number;
  /** Records that are still there and that retention began to delete; it was cut off, and finishes when run again. */
  readonly unfinished: number;
}

/**
 * Collects what is gone from a log, and what the log's own retention records permit: payloads, or sealed arguments
 * alone, of every record up to a number.
 */
export class ErasedRanges {
  readonly #payloads: Range[] = [];
  readonly #sealed: Range[] = [];
  readonly #permits: { readonly seq: number; readonly through: number; readonly payloads: boolean }[] = [];
  #payloadCount = 0;
  #sealedCount = 0;

  payload(seq: number): void {
    this.#payloadCount += 1;
    add(this.#payloads, seq, "payloads");
  }

  sealed(seq: number): void {
    this.#sealedCount += 1;
    add(this.#sealed, seq, "sealed");
  }

  /** A retention record. Only the furthest of each kind counts, so the earlier ones need not be kept. */
  permit(seq: number, record: LooseRecord): void {
    const { through, what } = record;
    if (typeof through !== "number" || !Number.isSafeInteger(through) || through >= seq) return;
    if (what !== "payloads" && what !== "sealed") return;
    this.#permits.push({ seq, through, payloads: what === "payloads" });
    if (this.#permits.length > MAX_RANGES) this.#permits.shift();
  }

  /** What is gone; `signed` is how many records a good signature covers, since only those can permit anything. */
  result(signed: number): Retained {
    const through = this.#through(signed, () => true);
    return {
      payloads: this.#payloadCount,
      sealed: this.#sealedCount,
      unfinished: Math.max(0, this.#through(signed, (permit) => permit.payloads) + 1 - this.#payloadCount),
      ...(through < 0 ? {} : { through }),
    };
  }

  /** What is gone without leave, the first range of each kind. */
  withoutLeave(signed: number): readonly Readonly<Range>[] {
    return [
      ...beyond(
        this.#payloads,
        this.#through(signed, (permit) => permit.payloads),
      ),
      ...beyond(
        this.#sealed,
        this.#through(signed, () => true),
      ),
    ];
  }

  #through(signed: number, counts: (permit: { readonly payloads: boolean }) => boolean): number {
    return Math.max(
      -1,
      ...this.#permits.filter((permit) => permit.seq < signed && counts(permit)).map(({ through }) => through),
    );
  }
}

function add(ranges: Range[], seq: number, what: What): void {
  const last = ranges.at(-1);
  if (last !== undefined && (last.last + 1 === seq || ranges.length >= MAX_RANGES)) last.last = seq;
  else ranges.push({ what, first: seq, last: seq });
}

function beyond(ranges: readonly Range[], through: number): Range[] {
  const found = ranges.find((range) => range.last > through);
  return found === undefined ? [] : [{ ...found, first: Math.max(found.first, through + 1) }];
}
