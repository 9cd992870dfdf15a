import { placingLog } from "../faults/prompt.js";
import type { Appended, AuditSink, DoubtfulCall } from "../ports/audit-sink.js";
import { AuditError } from "./audit-error.js";
import { encodeRecord, FIRST_PREV, sealRecord, type EncodedRecord } from "./encode-record.js";
import { isRecord } from "./record-fields.js";
import type { RecordBody, StoredRecord } from "./record.js";

/** A log in memory, with what a test wants to see of it. */
export interface MemoryAudit extends AuditSink {
  /** What was appended, as stored. */
  records(): readonly StoredRecord[];
  /** The lines of the log, as `fileAudit` would have written them; unsigned. */
  text(): string;
}

/** Narrows what the encoder checked when it was appended. */
function isStored(value: unknown): value is StoredRecord {
  return isRecord(value) && "type" in value && "seq" in value;
}

/** Pieces that are kept as one text, three of a record; few, so that no call pays for many others. */
const PAGE_PIECES = 48;

/**
 * The records of a log that nobody but this process can see: numbered at once, and chained when somebody looks, which is
 * when a hash first tells anybody anything. Until then they stand in pages: of each as texts of its own the garbage
 * collector would keep looking at all of them.
 */
class Chain {
  /** The three pieces of each record that is not chained yet, a tab between any two: canonical JSON holds none as it is. */
  #pages: string[] = [];
  #last: string[] = [];
  #count = 0;
  readonly #lines: string[] = [];
  #prev = FIRST_PREV;
  /** Held so that there is one: see `call/shapes.ts`. */
  readonly first = new Place(0, this);

  /** Adds a record; gives its number. */
  add({ before, between, after }: EncodedRecord): number {
    this.#last.push(before, between, after);
    if (this.#last.length === PAGE_PIECES) {
      this.#pages.push(this.#last.join("\t"));
      this.#last = [];
    }
    this.#count += 1;
    return this.#count - 1;
  }

  /** The lines of the log, each with its end. */
  lines(): readonly string[] {
    const waiting = [...this.#pages.flatMap((page) => page.split("\t")), ...this.#last];
    this.#pages = [];
    this.#last = [];
    for (let i = 0; i < waiting.length; i += 3) {
      const [before = "", between = "", after = ""] = waiting.slice(i, i + 3);
      const { hash, line } = sealRecord({ before, between, after }, this.#lines.length, this.#prev);
      this.#prev = hash;
      this.#lines.push(line);
    }
    return this.#lines;
  }

  hash(seq: number): string {
    return (this.lines()[seq] ?? "").slice(0, 64);
  }
}

/** Where a record stands; its hash is made when somebody asks. */
class Place implements Appended {
  readonly seq: number;
  readonly #chain: Chain;

  constructor(seq: number, chain: Chain) {
    this.seq = seq;
    this.#chain = chain;
  }

  get hash(): string {
    return this.#chain.hash(this.seq);
  }
}

/**
 * A log that ends with the process and has no checkpoints: for tests and trials. `durable` is not true of it,
 * which `durability: "memory"` says to whoever asks. It grows with every record.
 */
export function memoryAudit(): MemoryAudit {
  const chain = new Chain();
  const doubtful: readonly DoubtfulCall[] = [];
  let closed = false;

  function place(record: EncodedRecord): Appended {
    if (closed) throw new AuditError("audit_closed", "The audit log in memory was closed.");
    return new Place(chain.add(record), chain);
  }

  const add = (body: RecordBody): Appended => place(encodeRecord(body));

  return placingLog(
    {
      doubtful,
      location: "memory",
      durability: "memory",
      append: async (body) => {
        const { seq, hash } = add(body);
        return { seq, hash };
      },
      records: () =>
        chain
          .lines()
          .map((line): unknown => JSON.parse(line.slice(65)))
          .filter(isStored),
      text: () => chain.lines().join(""),
      close: async () => {
        closed = true;
      },
    },
    { append: add, place },
  );
}
