import { rename, rm, stat, writeFile } from "node:fs/promises";
import { BUNDLE_BOUNDS, canonicalize, copyJson, type Bundle } from "@writ/ir";
import type { Run } from "../command.js";
import { compileInput } from "../compile-input.js";
import { EXIT } from "../exit-codes.js";
import { Fault, systemCode, systemWords } from "../fault.js";
import { countDiagnostics, describeDiagnostics, jsonDiagnostics } from "../output/diagnostics.js";
import { safeJson, writeJson } from "../output/json.js";
import { safe } from "../output/text.js";

/**
 * `writ compile FILE [-o OUT]`. The bundle's bytes are canonical, without a newline after them: their SHA-256 is the
 * digest. Only a terminal gets them escaped.
 */
export const run: Run = async (args, streams) => {
  const [file = ""] = args.files;
  const out = args.value("out");
  const json = args.flag("json");
  const compiled = await compileInput(file);
  const { bundle, digest, diagnostics } = compiled.compilation;
  const said = jsonDiagnostics(compiled);
  if (!json) await streams.err(describeDiagnostics(compiled, false));
  if (bundle === undefined || digest === undefined) {
    if (json) await writeJson(streams, "writ.compile/1", { ok: false, file: compiled.file, diagnostics: said });
    else await streams.err(`${safe(compiled.file)}: ${countDiagnostics(diagnostics)}; no bundle was written\n`);
    return EXIT.policy;
  }
  const text = bytesOf(bundle);
  if (out !== undefined) await writeWhole(out, text, file);
  if (json) {
    await writeJson(streams, "writ.compile/1", {
      ok: true,
      file: compiled.file,
      policy: { ...bundle.policy, digest },
      ...(out === undefined ? { bundle } : { out }),
      diagnostics: said,
    });
    return EXIT.ok;
  }
  if (out === undefined) {
    await streams.out(streams.terminal ? `${safeJson(text)}\n` : text);
    await streams.err(`${digest}\n`);
  } else {
    await streams.out(`${digest}  ${safe(out)}\n`);
  }
  return EXIT.ok;
};

/** The bytes that the digest is of. */
function bytesOf(bundle: Bundle): string {
  const copied = copyJson(bundle, BUNDLE_BOUNDS);
  if (!copied.ok) throw new Fault(`the bundle is too large: ${copied.fault.message}`);
  return canonicalize(copied.value);
}

/** Writes a file as a whole or not at all: a reader never finds half a bundle. */
async function writeWhole(path: string, text: string, source: string): Promise<void> {
  if (await sameFile(path, source))
    throw new Fault(`${path} is the policy itself`, "choose another name for the bundle");
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(draft, text, { flag: "wx" });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    const why = systemCode(error) === "ENOENT" ? "there is no such folder" : systemWords(error);
    throw new Fault(`cannot write ${path}: ${why}`);
  }
}

async function sameFile(a: string, b: string): Promise<boolean> {
  try {
    const [one, other] = [await stat(a, { bigint: true }), await stat(b, { bigint: true })];
    return one.dev === other.dev && one.ino === other.ino;
  } catch {
    return false;
  }
}
