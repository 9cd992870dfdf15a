import { AuditError } from "@writ/runtime";
import { proveConsistency, proveRecord } from "@writ/runtime/node";
import { checkFolder, readKey, readNumber, readText } from "../audit-input.js";
import type { Arguments } from "../arguments.js";
import type { Run } from "../command.js";
import { EXIT } from "../exit-codes.js";
import { Fault } from "../fault.js";
import { writeJson } from "../output/json.js";
import { safe } from "../output/text.js";
import { writeWhole } from "../write-whole.js";

/** `writ audit prove FOLDER N|--since FILE`. */
export const run: Run = async (args, streams) => {
  const [folder = "", number] = args.files;
  const out = args.value("out");
  const since = args.value("since");
  if ((number === undefined) === (since === undefined))
    throw new Fault("writ audit prove needs a record's number, or --since with an older checkpoint");
  await checkFolder(folder);
  const seq = number === undefined ? undefined : readNumber(number);
  const proof = await prove(folder, seq, since, args);
  if (out !== undefined) await writeWhole(out, proof);
  if (args.flag("json")) {
    await writeJson(streams, "writ.audit.prove/1", {
      ok: true,
      folder,
      ...(seq === undefined ? {} : { seq }),
      ...(out === undefined ? { proof } : { out }),
    });
  } else if (out === undefined) await streams.out(proof);
  else await streams.out(`${safe(out)}\n`);
  return EXIT.ok;
};

async function prove(
  folder: string,
  seq: number | undefined,
  since: string | undefined,
  args: Arguments,
): Promise<string> {
  const key = args.value("key");
  const options = key === undefined ? {} : { publicKey: await readKey(key) };
  try {
    return seq === undefined
      ? await proveConsistency(folder, await readText("--since", since ?? ""), options)
      : await proveRecord(folder, seq, { ...options, hashOnly: args.flag("hash-only") });
  } catch (error) {
    if (error instanceof AuditError) throw new Fault(error.message);
    throw error;
  }
}
