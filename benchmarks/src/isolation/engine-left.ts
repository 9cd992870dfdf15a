import { readdirSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { dirname } from "node:path";

/** Where the engine of containers would be looked for. */
function sockets(): readonly string[] {
  const named = process.env["DOCKER_HOST"] ?? process.env["CONTAINER_HOST"];
  if (named !== undefined && named !== "") return [named.replace(/^unix:\/\//, "")];
  return ["/var/run/docker.sock", "/run/podman/podman.sock"];
}

/** How many containers there are that this process made; 0 where there is no engine. */
export async function ownContainers(): Promise<number> {
  for (const socket of sockets()) {
    const all = await labels(socket).catch(() => undefined);
    // The label of a container begins with the number of the process that made it.
    if (all !== undefined) return all.filter((label) => label.startsWith(`${process.pid}:`)).length;
  }
  return 0;
}

async function labels(socketPath: string): Promise<readonly string[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: ["writ.sandbox"] }));
  const found: unknown = JSON.parse(await get(socketPath, `/containers/json?all=1&filters=${filters}`));
  if (!Array.isArray(found)) return [];
  return found.map((one: { Labels?: { "writ.sandbox"?: unknown } } | null) => String(one?.Labels?.["writ.sandbox"]));
}

function get(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, timeout: 20_000 }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (bytes: Buffer) => chunks.push(bytes));
      answer.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
      answer.on("error", reject);
    });
    asked.on("timeout", () => asked.destroy(new Error("the engine does not answer")));
    asked.on("error", reject);
    asked.end();
  });
}

/** What an engine has of all containers together: mounts in its folders, control groups that are named as containers are. */
export interface EngineLeft {
  readonly mounts: number;
  readonly groups: number;
}

export function engineLeft(): EngineLeft {
  const folders = sockets().map((socket) => `${dirname(socket)}/`);
  const inEngine = (point: string): boolean =>
    /\/(docker|containers\/storage)\//.test(point) || folders.some((folder) => point.startsWith(folder));
  return {
    mounts: tried(
      () =>
        readFileSync("/proc/self/mounts", "utf8")
          .split("\n")
          .filter((line) => inEngine(line.split(" ")[1] ?? "")).length,
    ),
    groups: tried(() => groupsOfContainers("/sys/fs/cgroup", 5)),
  };
}

function groupsOfContainers(folder: string, depth: number): number {
  let count = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    if (/[0-9a-f]{64}/.test(entry.name)) count += 1;
    else if (depth > 0) count += tried(() => groupsOfContainers(`${folder}/${entry.name}`, depth - 1));
  }
  return count;
}

function tried(count: () => number): number {
  try {
    return count();
  } catch {
    return 0;
  }
}
