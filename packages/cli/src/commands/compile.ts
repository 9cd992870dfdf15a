import { stat } from "node:fs/promises";
import { BUNDLE_BOUNDS, canonicalize, copyJson, type Bundle } from "@writ/ir";
import type { Run } from "../command.js";
import { compileInput } from "../compile-input.js";
import { EXIT } from "../exit-codes.js";
import { Fault } from "../fault.js";
import { countDiagnostics, describeDiagnostics, jsonDiagnostics } from "../output/diagnostics.js";
import { safeJson, writeJson } from "../output/json.js";
import { safe } from "../output/text.js";
import { writeWhole } from "../write-whole.js";

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
  if (out !== undefined) {
    if (await sameFile(out, file)) throw new Fault(`${out} is the policy itself`, "choose another name for the bundle");
    await writeWhole(out, text);
  }
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

async function sameFile(a: string, b: string): Promise<boolean> {
  try {
    const [one, other] = [await stat(a, { bigint: true }), await stat(b, { bigint: true })];
    return one.dev === other.dev && one.ino === other.ino;
  } catch {
    return false;
  }
}
