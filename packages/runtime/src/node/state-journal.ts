import { sha256Hex } from "@writ/ir";
import { LineSplitter, type RawLine } from "../audit/line-splitter.js";
import { readChange, type StateChange } from "../state/state-change.js";
import type { StateImage } from "../state/state-image.js";
import { StorageFault } from "./storage-fault.js";

/** What the first line's checksum is made over: names the format. */
const FIRST_SUM = "writ-state/2";
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

/** How far a journal was read. */
export interface ReadJournal {
  /** Checksum of the last good line. */
  readonly sum: string;
  /** Bytes from where reading began to the end of the last good line; what follows is an incomplete line. */
  readonly goodBytes: number;
}

/**
 * Reads lines of a journal on from one with the checksum `sum`, or from its beginning, and replays them on an image;
 * `seen` is shown each change. Throws a {@link StorageFault} `corrupt` on anything but an incomplete last line.
 */
export function readLines(
  chunks: Iterable<Uint8Array>,
  image: StateImage,
  place: { readonly path: string; readonly sum?: string | undefined },
  seen: (change: StateChange) => void = () => undefined,
): ReadJournal {
  const begins = place.sum === undefined;
  let sum = place.sum ?? FIRST_SUM;
  let goodBytes = 0;
  let lines = 0;
  const splitter = new LineSplitter(MAX_LINE, (raw) => {
    if (!raw.ended) return;
    lines += 1;
    const read = readLine(raw, sum);
    if (read === undefined || (begins && lines === 1) !== (read.change[0] === "base") || !replayed(image, read.change))
      throw new StorageFault(
        "corrupt",
        `line ${lines}${begins ? "" : " of those added"} of ${place.path} is damaged. The store is not used as it is, because limits and approvals could be wrong. Restore the file, or move it away: then every limit begins anew.`,
      );
    seen(read.change);
    sum = read.sum;
    goodBytes += raw.length;
  });
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  if (begins && lines === 0)
    throw new StorageFault(
      "corrupt",
      `${place.path} has no beginning. Restore the file, or move it away: then every limit begins anew.`,
    );
  return { sum, goodBytes };
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
