import type { Trace } from "@writ/ir";
import { decodeTrace, type Decoded, type DecodeFault } from "@writ/ir/decode";
import { readLines, type LineFault } from "./read-lines.js";

/** A recorded run and where it stands. */
export interface PlacedTrace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly trace: Trace;
}

/** A line that is no recorded run: what is wrong with it, where, and what to do. */
export interface TraceProblem {
  readonly code: LineFault | DecodeFault["code"];
  readonly file: string;
  readonly line: number;
  /** Where in the line: `calls[3].tool`; absent where it is the line as such. */
  readonly path?: string;
  readonly message: string;
  readonly help: string;
}

/**
 * The recorded runs (`writ.trace/1`) of a file or of a folder of them, one a line. What cannot be read is a problem with its
 * place, and the lines after it are read. `decode` reads lines of another format; undefined: the line is none of a run, and
 * left out. Rejects with the system's error where the path leads to nothing.
 */
export async function* readTraces(
  path: string,
  decode: (line: string) => Decoded<Trace> | undefined = decodeTrace,
  longest?: number,
): AsyncGenerator<PlacedTrace | TraceProblem, void> {
  for await (const read of readLines(path, longest)) {
    const { file, line } = read;
    if ("code" in read) {
      yield { ...read, help: HELP[read.code] };
      continue;
    }
    const decoded = decode(read.text);
    if (decoded === undefined) continue;
    if (decoded.ok) yield { file, line, trace: decoded.value };
    else {
      const { code, path: at, message } = decoded.fault;
      yield { code, file, line, ...(at === "" || at === "$" ? {} : { path: at }), message, help: HELP[code] };
    }
  }
}

const HELP: Readonly<Record<TraceProblem["code"], string>> = {
  line_too_long: "keep one run to a line, and long results out of it",
  not_utf8: "write the file as UTF-8",
  unreadable: "write the file again whole, or name it .jsonl where it is not gzipped",
  not_json: "each line is one JSON object, without a comma behind it",
  unknown_format: 'a run begins with "format": "writ.trace/1"',
  unknown_key: "leave the field out, or keep it under `about`",
  unknown_kind: "see docs/replay.md for what there is",
  too_deep: "flatten the value, or give it as a text",
  too_large: "split the run, or shorten results that no rule looks at",
  invalid: "see docs/replay.md, or hold the line against the schema of @writ/ir",
};
