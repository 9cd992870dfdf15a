import { workspaceFolders } from "./places.mjs";
import { runScript } from "./script.mjs";

/** Asks every package that generates files (script `generate`) whether they are what its sources give. */
export async function generatedIsCurrent() {
  let worst = 0;
  for (const folder of workspaceFolders()) {
    worst = Math.max(worst, (await runScript(folder, "generate", ["--check"])) ?? 0);
  }
  return worst;
}

/** Writes the generated files anew. */
export async function generate() {
  for (const folder of workspaceFolders()) {
    const code = await runScript(folder, "generate", []);
    if (code) return code;
  }
  return 0;
}
