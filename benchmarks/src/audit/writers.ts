import { open } from "node:fs/promises";
import { join } from "node:path";
import { memoryAudit, type AuditSink } from "@writ/runtime";
import { fileAudit } from "@writ/runtime/node";
import { recordsOf } from "./records.js";

/** Something that takes records, one after the other from each caller. */
export interface Writer {
  write(n: number): Promise<void>;
  close(): Promise<void>;
}

/** What is measured: a way to write, and how many callers at once it is tried with. */
export interface WriterKind {
  readonly name: string;
  readonly callers: readonly number[];
  /** The log's own durability; undefined of what is only there to compare with. */
  readonly durability?: "memory" | "written" | "durable";
  readonly open: (folder: string) => Promise<Writer>;
}

const CALLERS = [1, 4, 16, 64, 100];

/** The limit first: what the disk does when asked plainly, once a record. */
export const WRITERS: readonly WriterKind[] = [
  { name: "bare write + fdatasync a record", callers: [1], open: (folder) => bare(folder, true) },
  { name: "bare write a record, no sync", callers: [1], open: (folder) => bare(folder, false) },
  {
    name: "log in memory",
    callers: CALLERS,
    durability: "memory",
    open: async () => sink(memoryAudit(), false),
  },
  {
    name: "log in a folder, written",
    callers: CALLERS,
    durability: "written",
    open: async (folder) => sink(await fileAudit(join(folder, "audit")), false),
  },
  {
    name: "log in a folder, durable",
    callers: CALLERS,
    durability: "durable",
    open: async (folder) => sink(await fileAudit(join(folder, "audit")), true),
  },
];

function sink(audit: AuditSink, durable: boolean): Writer {
  return {
    // Intents and outcomes in turn, as calls make them.
    write: async (n) => void (await audit.append(recordsOf(Math.floor(n / 2))[n % 2 === 0 ? 0 : 1], { durable })),
    close: () => audit.close(),
  };
}

async function bare(folder: string, sync: boolean): Promise<Writer> {
  const file = await open(join(folder, "bare"), "a");
  const line = Buffer.from(`${JSON.stringify(recordsOf(1)[0])}\n`);
  return {
    write: async () => {
      await file.write(line);
      if (sync) await file.datasync();
    },
    close: () => file.close(),
  };
}
