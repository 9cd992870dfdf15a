import { MAX_PROOF, verifyAudit, type AuditVerification } from "@writ/runtime/node";
import { isFolder, readKey, readText } from "../audit-input.js";
import type { Run } from "../command.js";
import { EXIT } from "../exit-codes.js";
import { Fault } from "../fault.js";
import { writeJson } from "../output/json.js";
import { columns, count, painter, safe, type Paint } from "../output/text.js";
import { runProof } from "../verify-proof.js";

/** `writ audit verify FOLDER|PROOF`. */
export const run: Run = async (args, streams) => {
  const [path = ""] = args.files;
  const key = args.value("key");
  const checkpoint = args.value("checkpoint");
  const folder = await isFolder(path);
  if (!folder && !(await looksLikeProof(path)))
    throw new Fault(`${path} is no folder`, "give the folder of a log, or a proof that writ audit prove made");
  const options = {
    ...(key === undefined ? {} : { publicKey: await readKey(key) }),
    ...(checkpoint === undefined ? {} : { checkpoint: await readText("--checkpoint", checkpoint) }),
  };
  if (!folder) return runProof(path, await readText("", path, MAX_PROOF), options, args, streams);
  const found = await verifyAudit(path, options);
  if (args.flag("json")) await writeJson(streams, "writ.audit.verify/1", { folder: path, ...found });
  else await streams.out(describe(path, found, checkpoint !== undefined, painter(streams.color)));
  return found.ok ? EXIT.ok : EXIT.refused;
};

async function looksLikeProof(path: string): Promise<boolean> {
  return /^(c2sp\.org\/tlog-proof@|old [0-9]+\n)/.test(await readText("", path, MAX_PROOF));
}

function describe(folder: string, found: AuditVerification, checkpointGiven: boolean, paint: Paint): string {
  const rows: string[][] = [
    ["records", String(found.records)],
    ["checkpoint", describeCheckpoint(found, checkpointGiven)],
  ];
  if (found.checkpoint?.verified === true) rows.push(["unsigned", describeUnsigned(found.unsigned)]);
  if (found.retained !== undefined) rows.push(["deleted", describeRetained(found.retained)]);
  rows.push(["key", describeKey(found)]);
  const problems = found.problems.map((problem) => [
    paint("bad", problem.code),
    `${placeOf(problem)}${safe(problem.message)}`,
  ]);
  if (found.omitted > 0) problems.push(["", `and ${count(found.omitted, "problem")} more`]);
  const head = found.ok ? paint("good", "verified") : paint("bad", "NOT VERIFIED");
  return [`${head}  ${safe(folder)}`, ...(problems.length === 0 ? [] : [columns(problems, 2), ""]), columns(rows, 2)]
    .join("\n")
    .concat("\n");
}

function placeOf({ line, file }: AuditVerification["problems"][number]): string {
  if (line === undefined) return "";
  return file === undefined ? `line ${line}: ` : `${safe(file)}, line ${line}: `;
}

function describeRetained({ payloads, sealed, through }: NonNullable<AuditVerification["retained"]>): string {
  const what = [
    ...(payloads > 0 ? [`${count(payloads, "record")}, of which the hashes are left`] : []),
    ...(sealed > 0 ? [`the sealed arguments of ${count(sealed, "record")}`] : []),
  ].join("; ");
  const leave = through === undefined ? "" : `the log permits it up to record ${through}`;
  return [what === "" ? "nothing" : what, leave].filter((part) => part !== "").join("; ");
}

function describeKey(found: AuditVerification): string {
  if (found.problems.some(({ code }) => code === "no_key")) return "none that can be read";
  if (found.key === "given") return "given by you";
  return "taken from the folder itself: whoever could rewrite the log could replace it too. An auditor passes --key with a copy kept elsewhere";
}

function describeCheckpoint(found: AuditVerification, given: boolean): string {
  const { checkpoint } = found;
  if (checkpoint === undefined) return "none that can be read";
  const whose = `${given ? ", given by you" : ""} (log ${safe(checkpoint.origin)})`;
  return checkpoint.verified
    ? `signed, vouches for the first ${count(checkpoint.size, "record")}${whose}`
    : `does not hold for this log; it speaks of ${count(checkpoint.size, "record")}${whose}`;
}

function describeUnsigned(unsigned: number): string {
  if (unsigned === 0) return "none: every record is under the checkpoint";
  return `${count(unsigned, "record")} after the checkpoint: chained to those before, not signed yet`;
}
