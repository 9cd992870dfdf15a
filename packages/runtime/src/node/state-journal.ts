import { sha256Hex } from "@writ/ir";
import { LineSplitter, type RawLine } from "../audit/line-splitter.js";
import { readChange, type StateChange } from "../state/state-change.js";
import { StateImage } from "../state/state-image.js";
import { StorageFault } from "./storage-fault.js";

/** What the first line's checksum is made over: names the format. */
const FIRST_SUM = "writ-state/1";
const MAX_LINE = 16 * 1024 * 1024;
const LINE = /^[0-9a-f]{32} \[/;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Changes as lines, each with a checksum over itself and the line before: against accidents, not against forgers. */
export class StateJournal {
  sum = FIRST_SUM;

  line(change: StateChange): string {
    const stored = JSON.stringify(change);
    this.sum = checksum(this.sum, stored);
    return `${this.sum} ${stored}\n`;
  }
}

function checksum(previous: string, stored: string): string {
  return sha256Hex(`${previous}${stored}`).slice(0, 32);
}

/** A journal as it was read. */
export interface ReadJournal {
  readonly image: StateImage;
  /** Checksum of the last good line. */
  readonly sum: string;
  /** Bytes up to its end; less than the file's when the last line is incomplete. */
  readonly goodBytes: number;
}

/** Replays a journal. Throws a {@link StorageFault} `corrupt` on anything but an incomplete last line. */
export async function readJournal(chunks: AsyncIterable<Uint8Array>, path: string): Promise<ReadJournal> {
  const image = new StateImage();
  let sum = FIRST_SUM;
  let goodBytes = 0;
  let lines = 0;
  const splitter = new LineSplitter(MAX_LINE, (raw) => {
    if (!raw.ended) return;
    lines += 1;
    const read = readLine(raw, sum);
    if (read === undefined || (lines === 1) !== (read.change[0] === "base") || !replayed(image, read.change)) {
      throw new StorageFault(
        "corrupt",
        `line ${lines} of ${path} is damaged. The store is not used as it is, because limits and approvals could be wrong. Restore the file, or move it away: then every limit begins anew.`,
      );
    }
    sum = read.sum;
    goodBytes += raw.length;
  });
  for await (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  if (lines === 0)
    throw new StorageFault(
      "corrupt",
      `${path} has no beginning. Restore the file, or move it away: then every limit begins anew.`,
    );
  return { image, sum, goodBytes };
}

function readLine(raw: RawLine, previous: string): { readonly change: StateChange; readonly sum: string } | undefined {
  if (raw.bytes === undefined) return undefined;
  try {
    const whole = decoder.decode(raw.bytes);
    if (!LINE.test(whole)) return undefined;
    const stored = whole.slice(33);
    const sum = checksum(previous, stored);
    if (sum !== whole.slice(0, 32)) return undefined;
    const value: unknown = JSON.parse(stored);
    const change = readChange(value);
    return change === undefined ? undefined : { change, sum };
  } catch {
    return undefined;
  }
}

function replayed(image: StateImage, change: StateChange): boolean {
  try {
    image.replay(change);
    return true;
  } catch {
    return false;
  }
}
