import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Bundle } from "@writ/ir";
import { compile, memoryHost } from "@writ/policy";
import type { RowTool } from "./rows.js";

const WRIT = join(import.meta.dirname, "..", "..", "..", "packages", "cli", "bin", "writ.js");

/** Runs `writ import` on tools, and compiles what it wrote once its guesses are filled in. Rejects where it does not check. */
export async function importTools(tools: readonly RowTool[]): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), "writ-schemas-"));
  try {
    const [input, output] = [join(folder, "tools.json"), join(folder, "tools.policy")];
    await writeFile(input, JSON.stringify(tools));
    await promisify(execFile)(process.execPath, [WRIT, "import", input, "--out", output, "--name", "imported.tools"]);
    const text = filledIn(await readFile(output, "utf8"));
    const { bundle, diagnostics } = await compile("imported.policy", memoryHost({ "imported.policy": text }));
    if (bundle === undefined) throw new Error(`what was imported does not check: ${diagnostics[0]?.message ?? ""}`);
    return bundle;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What a reviewer fills in, in place of the guesses that take the worst; the types of arguments stay as imported. */
function filledIn(text: string): string {
  return text
    .replaceAll(/^( +)effect .*$/gm, "$1effect write  risk low")
    .replaceAll(/^ +(?:risk|sink|steer) .*$/gm, "")
    .replaceAll(/#.*$/gm, "");
}
