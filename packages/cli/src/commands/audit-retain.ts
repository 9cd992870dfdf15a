import { userInfo } from "node:os";
import { AuditError } from "@writ/runtime";
import { fileAudit, type Retention } from "@writ/runtime/node";
import { checkFolder } from "../audit-input.js";
import type { Run } from "../command.js";
import { EXIT } from "../exit-codes.js";
import { Fault } from "../fault.js";
import { writeJson } from "../output/json.js";
import { count } from "../output/text.js";

/** `writ audit retain FOLDER --before DATE`. */
export const run: Run = async (args, streams) => {
  const [folder = ""] = args.files;
  const given = args.value("before");
  if (given === undefined) throw new Fault("writ audit retain needs --before: a date, or an age such as 90d");
  const before = readTime(given, Date.now());
  await checkFolder(folder);
  const what = args.flag("sealed") ? "sealed" : "payloads";
  const key = args.value("signing-key");
  const done = await retain(folder, { before, what, by: args.value("by") ?? account() }, key);
  if (args.flag("json")) await writeJson(streams, "writ.audit.retain/1", { ok: true, folder, before, what, ...done });
  else await streams.out(describe(done, what));
  return EXIT.ok;
};

async function retain(
  folder: string,
  options: { readonly before: number; readonly what: "payloads" | "sealed"; readonly by: string },
  key: string | undefined,
): Promise<Retention> {
  try {
    const log = await fileAudit(folder, key === undefined ? {} : { key });
    try {
      return await log.retain(options);
    } finally {
      await log.close();
    }
  } catch (error) {
    if (error instanceof AuditError) throw new Fault(error.message);
    throw error;
  }
}

function account(): string {
  try {
    return userInfo().username;
  } catch {
    return "unknown"; // an account that the system has no name for
  }
}

const DAY = 24 * 60 * 60 * 1000;

/** `2026-05-01`, `2026-05-01T10:00:00Z` or `90d`, as milliseconds since 1970; a date is its first moment in UTC. */
function readTime(text: string, now: number): number {
  const days = /^([0-9]{1,5})d$/.exec(text)?.[1];
  if (days !== undefined) return now - Number(days) * DAY;
  const written = /^([0-9]{4}-[0-9]{2}-[0-9]{2})(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?$/.exec(text);
  const time = written === null ? Number.NaN : Date.parse(written[2] === undefined ? `${text}T00:00:00Z` : text);
  const real = Number.isFinite(time) && new Date(time).toISOString().startsWith(written?.[1] ?? "-");
  if (!real || time < 0)
    throw new Fault(`${text} is no date and no age`, "write 2026-05-01, 2026-05-01T10:00:00Z, or 90d");
  if (time > now) throw new Fault(`${text} is not past yet`);
  return time;
}

function describe({ through, records, bytes }: Retention, what: "payloads" | "sealed"): string {
  if (through === undefined) return "nothing is that old\n";
  const subject =
    what === "payloads" ? count(records, "record") : `the sealed arguments of ${count(records, "record")}`;
  return `deleted ${subject}, up to record ${through}, ${bytes} bytes; the hashes stay, and the log says so itself\n`;
}
