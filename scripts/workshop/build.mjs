import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "./exec.mjs";
import { bin, root, workspaceFolders } from "./places.mjs";
import { WorkshopError } from "./say.mjs";

/** Compiles what changed since the last build, in dependency order. */
export async function build() {
  for (const folder of workspaceFolders()) removeOrphans(folder);
  const code = await run(bin("tsc"), ["-b"]);
  if (code !== 0) throw new WorkshopError("the sources do not compile", "The errors are above.", code);
}

/**
 * Removes outputs whose source is gone. tsc leaves them, and a deleted file that still runs would
 * make tests pass here and fail in a fresh clone.
 * @param {string} folder
 */
function removeOrphans(folder) {
  const dist = join(root, folder, "dist");
  if (!existsSync(dist)) return;
  const files = readdirSync(dist, { recursive: true, encoding: "utf8" });
  for (const file of files.filter((name) => /\.(js|d\.ts)(\.map)?$/.test(name))) {
    const source = join(root, folder, "src", file.replace(/\.(js|d\.ts)(\.map)?$/, ".ts"));
    if (!existsSync(source)) rmSync(join(dist, file), { force: true });
  }
}
