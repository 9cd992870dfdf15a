import { open } from "node:fs/promises";
import { makeSealKey } from "@writ/runtime/node";
import type { Run } from "../command.js";
import { EXIT } from "../exit-codes.js";
import { Fault, systemCode, systemWords } from "../fault.js";
import { writeJson } from "../output/json.js";
import { safe } from "../output/text.js";

/** `writ audit keygen FILE`: a key pair for sealed arguments, the private half in FILE, the public one in FILE.pub. */
export const run: Run = async (args, streams) => {
  const [file = ""] = args.files;
  const { privateKey, publicKey } = makeSealKey();
  await writeNew(file, privateKey, 0o600);
  await writeNew(`${file}.pub`, publicKey, 0o644);
  if (args.flag("json"))
    await writeJson(streams, "writ.audit.keygen/1", { ok: true, private: file, public: `${file}.pub` });
  else
    await streams.out(
      `${safe(file)}      keep it where no guard runs: it opens what they seal\n${safe(file)}.pub  give it to fileAudit as sealTo\n`,
    );
  return EXIT.ok;
};

/** Never over a file that is there: it may be a key. */
async function writeNew(path: string, text: string, mode: number): Promise<void> {
  try {
    const file = await open(path, "wx", mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = systemCode(error);
    const why =
      code === "EEXIST"
        ? "there is a file already, which may be a key"
        : code === "ENOENT"
          ? "there is no such folder"
          : systemWords(error);
    throw new Fault(`cannot write ${path}: ${why}`);
  }
}
