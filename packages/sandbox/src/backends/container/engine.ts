import Docker from "dockerode";
import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { engineRemedy, socketRemedy } from "./remedies.js";

/** A container engine that answers on a Unix socket of this machine. */
export interface Engine {
  readonly kind: "docker" | "podman";
  readonly socket: string;
  readonly docker: Docker;
  readonly version: string;
  /** Names of the OCI runtimes that it can run containers with, beside its default. */
  readonly runtimes: readonly string[];
  /** The release of the kernel that it runs on. */
  readonly kernel: string;
  readonly rootless: boolean;
}

export type EngineFound =
  | { readonly ok: true; readonly engine: Engine }
  | { readonly ok: false; readonly why: string; readonly remedy: string };

/** Where the engine is looked for. Absent: DOCKER_HOST, CONTAINER_HOST, then the usual places of Docker and Podman. */
export interface EngineOptions {
  /** The path of its socket; no other place is then looked at. */
  readonly socket?: string | undefined;
}

/** How long an engine may say nothing while it is asked something, milliseconds. */
const ANSWER = 20_000;

/** Finds the first engine that answers. It never rejects. */
export async function findEngine(options: EngineOptions = {}): Promise<EngineFound> {
  if (process.platform !== "linux") {
    const why = "the images hold the running Node, which is not for Linux, so no container is run on this machine";
    return { ok: false, why, remedy: "run the agent's host on Linux" };
  }
  const named = options.socket ?? namedByEnvironment();
  if (named !== undefined && !named.startsWith("/")) {
    const why = `${named} is no Unix socket of this machine, and an engine elsewhere cannot be held to what is proven here`;
    return { ok: false, why, remedy: "export DOCKER_HOST=unix:///var/run/docker.sock" };
  }
  const tried: string[] = [];
  for (const socket of named === undefined ? usualPlaces() : [named]) {
    const there = await stat(socket).then(
      (found) => found.isSocket(),
      () => false,
    );
    if (!there) {
      if (named !== undefined) tried.push(`there is no socket at ${socket}`);
      continue;
    }
    const answer = await greet(socket);
    if (typeof answer !== "string") return { ok: true, engine: answer };
    tried.push(answer);
  }
  if (tried.length > 0) return { ok: false, why: tried.join("; "), remedy: await socketRemedy() };
  return { ok: false, why: "no socket of Docker or Podman was found", remedy: await engineRemedy() };
}

function namedByEnvironment(): string | undefined {
  const host = process.env["DOCKER_HOST"] ?? process.env["CONTAINER_HOST"];
  if (host === undefined || host === "") return undefined;
  return host.startsWith("unix://") ? host.slice("unix://".length) : host;
}

function usualPlaces(): string[] {
  const run = process.env["XDG_RUNTIME_DIR"] ?? (process.getuid === undefined ? "" : `/run/user/${process.getuid()}`);
  return [
    "/var/run/docker.sock",
    ...(run === "" ? [] : [join(run, "docker.sock"), join(run, "podman", "podman.sock")]),
    join(homedir(), ".docker", "run", "docker.sock"),
    "/run/podman/podman.sock",
  ];
}

/** Who answers there, or why nobody does. */
async function greet(socket: string): Promise<Engine | string> {
  const docker = new Docker({ socketPath: socket, timeout: ANSWER });
  try {
    const [version, info] = [text(await docker.version()), text(await docker.info())];
    const podman = JSON.stringify(version.all).includes("Podman Engine");
    const runtimes = info.member("Runtimes");
    const security = info.member("SecurityOptions");
    return {
      kind: podman ? "podman" : "docker",
      socket,
      docker,
      version: version.text("Version"),
      runtimes: typeof runtimes === "object" && runtimes !== null ? Object.keys(runtimes) : [],
      kernel: info.text("KernelVersion"),
      rootless: Array.isArray(security) && security.some((one) => String(one).includes("rootless")),
    };
  } catch (error) {
    return `the engine at ${socket} does not answer: ${engineWords(error)}`;
  }
}

function text(all: unknown): { all: unknown; member: (name: string) => unknown; text: (name: string) => string } {
  const member = (name: string): unknown =>
    typeof all === "object" && all !== null ? Reflect.get(all, name) : undefined;
  return {
    all,
    member,
    text: (name) => {
      const found = member(name);
      return typeof found === "string" ? found : "unknown";
    },
  };
}

/** What an engine said of a failure, short. */
export function engineWords(error: unknown): string {
  if (!(error instanceof Error)) return "an unreadable error";
  const words = error.message.replaceAll(/\s+/g, " ").trim();
  if (words.includes("EACCES")) return "you may not open its socket";
  return words.length > 300 ? `${words.slice(0, 300)}...` : words;
}
