import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./exec.mjs";
import { nodeBinary, root, workspaceFolders } from "./places.mjs";

/** Asks every package that generates files (script `generate`) whether they are what its sources give. */
export async function generatedIsCurrent() {
  let worst = 0;
  for (const folder of workspaceFolders()) {
    const { scripts = {} } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    if (!scripts.generate) continue;
    const code = await run(nodeBinary, ["--run", "generate", "--", "--check"], { cwd: join(root, folder) });
    worst = Math.max(worst, code);
  }
  return worst;
}
