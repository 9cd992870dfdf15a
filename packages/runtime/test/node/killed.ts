import { spawn } from "node:child_process";
import { join } from "node:path";

const here = import.meta.dirname;
/** The repository's own Node: the machine's may be too old to run TypeScript. */
const node = join(here, "../../../../node_modules/node/bin/node");

/** Runs the child until some time after its first acknowledgement, kills it, and gives what it acknowledged. */
export async function runAndKill(kind: "audit" | "state", folder: string, after: number): Promise<string[]> {
  const child = spawn(node, ["--import", join(here, "source-hooks.mjs"), join(here, "crash-child.mjs"), kind, folder], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  let errors = "";
  child.stderr.on("data", (data: Buffer) => {
    errors += data.toString();
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (data: Buffer) => {
      if (said === "") setTimeout(() => child.kill("SIGKILL"), after);
      said += data.toString();
    });
    child.on("error", reject);
    child.on("close", (_code, signal) => {
      if (signal === "SIGKILL") resolve();
      else reject(new Error(`the child ended by itself: ${errors}`));
    });
  });
  return said.split("\n").slice(1, -1);
}
