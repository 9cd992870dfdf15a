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

/** Lines that are kept in one piece; few, so that no call pays for many others. */
const PAGE_LINES = 16;

/** Lines in pages: of every line as a text of its own the garbage collector would keep looking at each. */
class Lines {
  readonly #pages: string[] = [];
  #last: string[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Adds a line, with its end; gives its number. */
  add(line: string): number {
    this.#last.push(line);
    if (this.#last.length === PAGE_LINES) {
      this.#pages.push(this.#last.join(""));
      this.#last = [];
    }
    this.#count += 1;
    return this.#count - 1;
  }

  text(): string {
    return this.#pages.join("") + this.#last.join("");
  }

  all(): readonly string[] {
    return this.text().split("\n").slice(0, -1);
  }
}

/**
 * A log that ends with the process and has no checkpoints: for tests and trials. `durable` is not true of it,
 * which `durability: "memory"` says to whoever asks. It grows with every record.
 */
export function memoryAudit(): MemoryAudit {
  const lines = new Lines();
  const doubtful: readonly DoubtfulCall[] = [];
  let prev = FIRST_PREV;
  let closed = false;

  function place(record: EncodedRecord): Appended {
    if (closed) throw new AuditError("audit_closed", "The audit log in memory was closed.");
    const { hash, line } = sealRecord(record, lines.count, prev);
    prev = hash;
    return { seq: lines.add(line), hash };
  }

  const add = (body: RecordBody): Appended => place(encodeRecord(body));

  return placingLog(
    {
      doubtful,
      location: "memory",
      durability: "memory",
      append: async (body) => add(body),
      records: () =>
        lines
          .all()
          .map((line): unknown => JSON.parse(line.slice(65)))
          .filter(isStored),
      text: () => lines.text(),
      close: async () => {
        closed = true;
      },
    },
    { append: add, place },
  );
}
