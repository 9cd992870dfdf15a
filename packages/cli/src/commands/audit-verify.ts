import { open, stat } from "node:fs/promises";
import { verifyAudit, type AuditVerification } from "@writ/runtime/node";
import type { Run } from "../command.js";
import { EXIT } from "../exit-codes.js";
import { Fault, systemCode, systemWords } from "../fault.js";
import { writeJson } from "../output/json.js";
import { columns, count, painter, safe, type Paint } from "../output/text.js";

/** `writ audit verify FOLDER`. */
export const run: Run = async (args, streams) => {
  const [folder = ""] = args.files;
  await checkFolder(folder);
  const key = args.value("key");
  const checkpoint = args.value("checkpoint");
  const found = await verifyAudit(folder, {
    ...(key === undefined ? {} : { publicKey: await readKey(key) }),
    ...(checkpoint === undefined ? {} : { checkpoint: await readText("--checkpoint", checkpoint) }),
  });
  if (args.flag("json")) await writeJson(streams, "writ.audit.verify/1", { folder, ...found });
  else await streams.out(describe(folder, found, checkpoint !== undefined, painter(streams.color)));
  return found.ok ? EXIT.ok : EXIT.refused;
};

async function checkFolder(folder: string): Promise<void> {
  try {
    const found = await stat(folder);
    if (!found.isDirectory())
      throw new Fault(`${folder} is no folder`, "give the folder that the guard's fileAudit(...) was given");
  } catch (error) {
    if (error instanceof Fault) throw error;
    const why = systemCode(error) === "ENOENT" ? "there is no such folder" : systemWords(error);
    throw new Fault(`cannot read ${folder}: ${why}`);
  }
}

/** A verifier key, `<name>+<8 hexadecimal digits>+<base64>` (C2SP signed-note). */
const VERIFIER_KEY = /^[^\s+]{1,256}\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{44}$/;

async function readKey(given: string): Promise<string> {
  if (VERIFIER_KEY.test(given)) return given;
  const text = (await readText("--key", given)).trim();
  if (!VERIFIER_KEY.test(text))
    throw new Fault(`${given} holds no public key of a log`, "a key looks like the text in log.pub: name+id+base64");
  return text;
}

const SMALL_FILE = 64 * 1024;

/** The text of a small file, read no further than it may be long. */
async function readText(option: string, path: string): Promise<string> {
  try {
    const file = await open(path, "r");
    try {
      if (!(await file.stat()).isFile()) throw new Fault(`${option} ${path} is no file`);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(SMALL_FILE + 1), 0, SMALL_FILE + 1, 0);
      if (bytesRead > SMALL_FILE) throw new Fault(`${option} ${path} is too large for what it should be`);
      return buffer.toString("utf8", 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault(`cannot read ${option} ${path}: ${systemWords(error)}`);
  }
}

function describe(folder: string, found: AuditVerification, checkpointGiven: boolean, paint: Paint): string {
  const rows: string[][] = [
    ["records", String(found.records)],
    ["checkpoint", describeCheckpoint(found, checkpointGiven)],
  ];
  if (found.checkpoint?.verified === true) rows.push(["unsigned", describeUnsigned(found.unsigned)]);
  rows.push(["key", describeKey(found)]);
  const problems = found.problems.map((problem) => [
    paint("bad", problem.code),
    `${problem.line === undefined ? "" : `line ${problem.line}: `}${safe(problem.message)}`,
  ]);
  if (found.omitted > 0) problems.push(["", `and ${count(found.omitted, "problem")} more`]);
  const head = found.ok ? paint("good", "verified") : paint("bad", "NOT VERIFIED");
  return [`${head}  ${safe(folder)}`, ...(problems.length === 0 ? [] : [columns(problems, 2), ""]), columns(rows, 2)]
    .join("\n")
    .concat("\n");
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
