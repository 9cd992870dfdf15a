import { join } from "node:path";
import { AuditError } from "@writ/runtime";
import { readAudit, unsealArguments, type AuditEntry } from "@writ/runtime/node";
import { checkFolder, readNumber, readText } from "../audit-input.js";
import type { Run } from "../command.js";
import { EXIT } from "../exit-codes.js";
import { Fault } from "../fault.js";
import { safeJson, writeJson } from "../output/json.js";

/** `writ audit show FOLDER N [--unseal FILE]`. */
export const run: Run = async (args, streams) => {
  const [folder = "", number = ""] = args.files;
  const key = args.value("unseal");
  await checkFolder(folder);
  const seq = readNumber(number);
  const privateKey = key === undefined ? undefined : await readText("--unseal", key);
  const shown = await show(folder, seq, privateKey);
  if (args.flag("json")) await writeJson(streams, "writ.audit.show/1", { ok: true, folder, ...shown });
  else await streams.out(`${safeJson(JSON.stringify(shown, undefined, 2))}\n`);
  return EXIT.ok;
};

async function show(folder: string, seq: number, privateKey: string | undefined): Promise<object> {
  try {
    for await (const entry of readAudit(folder, { from: seq })) {
      const { hash, record, sealed } = entry;
      if (record === undefined) return { seq, hash, deleted: "by retention: only its hash is left" };
      if (privateKey === undefined) return { seq, hash, record, ...(sealed === undefined ? {} : { sealed: true }) };
      return { seq, hash, record, args: await unsealed(folder, entry, privateKey) };
    }
  } catch (error) {
    if (error instanceof AuditError) throw new Fault(error.message);
    throw error;
  }
  throw new Fault(`${folder} has no record ${seq}`, "records are numbered from 0");
}

async function unsealed(folder: string, entry: AuditEntry, privateKey: string): Promise<unknown> {
  const [origin = ""] = (await readText("", join(folder, "log.pub"))).split("+");
  const args = unsealArguments(entry, origin, privateKey);
  if (args !== undefined) return args;
  throw new Fault(
    `record ${entry.seq} of ${folder} has no sealed arguments`,
    "only records of calls have them, where the guard's log has sealTo and the record masks something",
  );
}
