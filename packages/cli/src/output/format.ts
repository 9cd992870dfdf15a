import type { Arguments } from "../arguments.js";
import { didYouMean } from "../did-you-mean.js";
import { Fault } from "../fault.js";

const FORMATS = ["human", "json", "sarif", "github"] as const;

/** How `check` says what it found. */
export type Format = (typeof FORMATS)[number];

/** What `--format` and `--json` ask for. Throws a {@link Fault} for anything else, and where they disagree. */
export function formatOf(args: Arguments): Format {
  const value = args.value("format");
  if (value === undefined) return args.flag("json") ? "json" : "human";
  const found = FORMATS.find((one) => one === value);
  if (found === undefined) {
    const meant = didYouMean(value, FORMATS);
    throw new Fault(
      `there is no format ${value}`,
      meant === undefined ? `formats are ${FORMATS.join(", ")}` : `did you mean ${meant}?`,
    );
  }
  if (args.flag("json") && found !== "json") throw new Fault(`--json and --format ${found} ask for different things`);
  return found;
}
