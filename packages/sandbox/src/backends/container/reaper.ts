import { spawn } from "node:child_process";
import { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import type { Engine } from "./engine.js";
import { isDead, LABEL, readHostId } from "./host-id.js";

/** A process beside the host that outlives it, and then ends its containers. */
export interface Reaper {
  /** Lets it go; where something is left it still removes that, for some seconds. */
  close(): Promise<void>;
}

/** Starts it; it holds no handle that would keep this process alive. */
export function startReaper(engine: Engine, hostId: string): Reaper {
  const program = fileURLToPath(new URL("../../../host/reaper.cjs", import.meta.url));
  // In a session of its own, so that what is sent to the host's group does not reach it; nothing of the host's
  // environment is in it. What it would need of memory beyond this is a fault of its own.
  const child = spawn(process.execPath, ["--max-old-space-size=32", program, engine.socket, `${LABEL}=${hostId}`], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    env: {},
    cwd: "/",
  });
  child.on("error", () => undefined); // the sweep at the next start is what is left then
  child.stdin.on("error", () => undefined);
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  const close = async (): Promise<void> => {
    const filters = { label: [`${LABEL}=${hostId}`] };
    const left = await engine.docker.listContainers({ all: true, filters }).catch(() => undefined);
    child.stdin.end(left?.length === 0 ? "bye" : undefined);
  };
  return { close };
}

/** Removes containers of hosts that are dead; gives how many. It never rejects. */
export async function sweep(engine: Engine): Promise<number> {
  try {
    const all = await engine.docker.listContainers({ all: true, filters: { label: [LABEL] } });
    const removed = await Promise.all(
      all.map(async ({ Id, Labels }) => {
        const host = readHostId(Labels[LABEL] ?? "");
        if (host === undefined || !(await isDead(host))) return false;
        return await engine.docker
          .getContainer(Id)
          .remove({ force: true, v: true })
          .then(
            () => true,
            () => false,
          );
      }),
    );
    return removed.filter(Boolean).length;
  } catch {
    return 0;
  }
}
