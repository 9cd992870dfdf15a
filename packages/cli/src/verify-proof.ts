import { verifyProof, type ProofVerification } from "@writ/runtime/node";
import type { Arguments } from "./arguments.js";
import { EXIT, type ExitCode } from "./exit-codes.js";
import { Fault } from "./fault.js";
import { safeJson, writeJson } from "./output/json.js";
import type { Streams } from "./output/streams.js";
import { columns, count, painter, safe, type Paint } from "./output/text.js";

/** `writ audit verify PROOF`: the proof alone, without the log. */
export async function runProof(
  file: string,
  text: string,
  options: { readonly publicKey?: string; readonly checkpoint?: string },
  args: Arguments,
  streams: Streams,
): Promise<ExitCode> {
  const { publicKey, checkpoint } = options;
  if (publicKey === undefined)
    throw new Fault("a proof is verified with the log's public key: --key FILE|KEY", "it is the log.pub of its folder");
  const found = await verifyProof(text, { publicKey, ...(checkpoint === undefined ? {} : { checkpoint }) });
  if (args.flag("json")) await writeJson(streams, "writ.audit.proof/1", { file, ...found });
  else await streams.out(describe(file, found, painter(streams.color)));
  return found.ok ? EXIT.ok : EXIT.refused;
}

function describe(file: string, found: ProofVerification, paint: Paint): string {
  if (!found.ok) {
    const problem = columns([[paint("bad", found.code), safe(found.message)]], 2);
    return `${paint("bad", "NOT PROVEN")}  ${safe(file)}\n${problem}\n`;
  }
  const { checkpoint } = found;
  const log = ["log", safe(checkpoint.origin)];
  const rows =
    found.kind === "consistency"
      ? [["grew", `from ${count(found.older.size, "record")} to ${checkpoint.size}, the first as they were`], log]
      : [
          ["record", `${found.seq} of the ${checkpoint.size} that were signed`],
          ["hash", found.hash],
          log,
          ...(found.record === undefined
            ? [["content", "not in the proof: it proves the hash"]]
            : [["content", safeJson(JSON.stringify(found.record))]]),
        ];
  return `${paint("good", "proven")}  ${safe(file)}\n${columns(rows, 2)}\n`;
}
