import { AuditError } from "@writ/runtime";
import { CSV_HEAD, recordedCalls, toCsv, toOcsf, toOtlp, type Entry } from "@writ/runtime/export";
import { readAudit } from "@writ/runtime/node";
import type { Run } from "../command.js";
import { EXIT } from "../exit-codes.js";
import { Fault } from "../fault.js";
import { safeJson } from "../output/json.js";
import { checkFolder } from "../audit-input.js";

const FORMATS = ["json", "csv", "ocsf", "otlp"] as const;

/** `writ audit export FOLDER --format FORMAT`: one line a record or a call on standard output, as the log is read. */
export const run: Run = async (args, streams) => {
  const [folder = ""] = args.files;
  const given = args.value("format") ?? "json";
  const format = FORMATS.find((name) => name === given);
  if (format === undefined) throw new Fault(`there is no format ${given}`, `the formats are ${FORMATS.join(", ")}`);
  await checkFolder(folder);
  try {
    if (format === "csv") await streams.out(CSV_HEAD);
    for await (const line of linesOf(format, readAudit(folder))) await streams.out(line);
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    // What was written so far holds; that it is not all of the log must not be missed.
    await streams.err(`writ: the export ends here: ${error.message}\n`);
    return EXIT.refused;
  }
  return EXIT.ok;
};

async function* linesOf(format: (typeof FORMATS)[number], entries: AsyncIterable<Entry>): AsyncGenerator<string> {
  switch (format) {
    case "json":
      for await (const { seq, hash, record } of entries)
        yield `${safeJson(JSON.stringify({ seq, hash, record: record ?? null }))}\n`;
      return;
    case "csv":
      for await (const entry of entries) yield toCsv(entry);
      return;
    case "ocsf":
      for await (const call of recordedCalls(entries)) yield `${safeJson(JSON.stringify(toOcsf(call)))}\n`;
      return;
    case "otlp":
      for await (const call of recordedCalls(entries)) yield `${safeJson(JSON.stringify(toOtlp(call)))}\n`;
      return;
  }
}
