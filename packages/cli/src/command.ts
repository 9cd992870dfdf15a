import type { Arguments, OptionTable } from "./arguments.js";
import type { ExitCode } from "./exit-codes.js";
import type { Streams } from "./output/streams.js";

/** What `help` and the command line need to know of a command; its code is loaded only when it is run. */
export interface CommandInfo {
  readonly usage: string;
  readonly summary: string;
  readonly options: OptionTable;
  /** How many words that are no options it takes. */
  readonly takes: { readonly least: number; readonly most: number; readonly what: string };
  readonly load: () => Promise<{ readonly run: Run }>;
}

/** A command's work. Throws a `Fault` for what keeps it from its work. */
export type Run = (args: Arguments, streams: Streams) => Promise<ExitCode>;
