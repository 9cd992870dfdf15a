import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_LIMITS, type Backend, type Limits, type Probe, type ProvenFact, type RunEnd } from "../../backend.js";
import type { Engine } from "./engine.js";
import { START_MANY, TAKE_MEMORY, TRY_WALLS } from "./probe-program.js";

const MIB = 1024 * 1024;
const SMALL: Limits = { ...DEFAULT_LIMITS, time: 10_000, memory: 96 * MIB, processes: 4, disk: 4 * MIB, output: MIB };
/** Far more programs than the limit, and fewer than would trouble a machine that has none. */
const MANY = 64;

const FROM_INSIDE = [
  "no-host-files",
  "no-host-environment",
  "no-host-processes",
  "no-network",
  "no-new-privileges",
  "system-calls-filtered",
  "read-only-root",
  "disk-limit",
] as const satisfies readonly ProvenFact[];

type Tried = Map<ProvenFact, true | string>;

/**
 * Tries containers from inside. What a container promises and does not hold makes the probe fail. On gVisor a process
 * is a thread of its kernel, so the group's count of them is no limit of the program's, and the system calls are not
 * filtered but answered by another kernel than the engine's: both are said.
 */
export async function probeContainer(backend: Backend, engine: Engine): Promise<Probe> {
  const folder = await mkdtemp(join(tmpdir(), "writ-probe-"));
  const heard = await listen(folder);
  try {
    const secret = join(folder, "secret");
    await writeFile(secret, randomBytes(16).toString("hex"), { mode: 0o644 });
    const plant = { ...heard.plant, secret, pid: process.pid, disk: SMALL.disk };
    const [walls, memory, processes, time] = await Promise.all([
      run(backend, TRY_WALLS, SMALL, plant),
      run(backend, TAKE_MEMORY, SMALL, { piece: 16 * MIB }),
      run(backend, START_MANY, { ...SMALL, memory: 512 * MIB }, { many: MANY }),
      run(backend, "for (;;);", { ...SMALL, time: 200 }, {}),
    ]);
    if (walls.status !== "done") return { ok: false, why: `no program could be run: ${walls.message}` };
    const tried = readWalls(walls.value);
    tried.set("memory-limit", (memory.status === "ended" && memory.reason === "memory") || "was given 256 MiB of 96");
    tried.set("process-limit", (processes.status === "done" && Number(processes.value) < MANY) || whyMany(processes));
    tried.set("time-limit", (time.status === "ended" && time.reason === "timeout") || "an endless loop was not ended");
    if (heard.reached() > 0) tried.set("no-network", "a listener of the host was reached");
    return backend.isolation === "gvisor" ? judgeGvisor(tried, walls.value, engine) : judge(tried, new Map());
  } finally {
    heard.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function whyMany(end: RunEnd): string {
  return end.status === "done" ? `${MANY} programs ran where 4 may` : `the try ended otherwise: ${end.message}`;
}

function readWalls(value: unknown): Tried {
  const tried: Tried = new Map();
  for (const name of FROM_INSIDE) {
    const found = member(value, name);
    tried.set(name, found === true || (typeof found === "string" ? found : "it was not tried"));
  }
  return tried;
}

/** `excused`: what may be missing, with the reason that is told. */
function judge(tried: Tried, excused: ReadonlyMap<ProvenFact, string>): Probe {
  const proven: ProvenFact[] = [];
  const missing: { name: ProvenFact; why: string }[] = [];
  for (const [name, found] of tried) {
    if (found === true) proven.push(name);
    else {
      const why = excused.get(name);
      if (why === undefined) return { ok: false, why: `a container does not hold ${name} here: ${found}` };
      missing.push({ name, why });
    }
  }
  return { ok: true, proven, missing };
}

function judgeGvisor(tried: Tried, walls: unknown, { kernel }: Engine): Probe {
  const answered = member(walls, "kernel");
  tried.set(
    "kernel-in-user-space",
    (typeof answered === "string" && answered !== kernel) || `the engine's own kernel answered (${kernel})`,
  );
  return judge(
    tried,
    new Map([
      ["process-limit", "gVisor counts its own threads with the program's processes, so only a coarse bound holds"],
      ["system-calls-filtered", "gVisor answers system calls itself, and tells a program of no filter"],
    ]),
  );
}

async function run(backend: Backend, source: string, limits: Limits, args: unknown): Promise<RunEnd> {
  const sandbox = await backend.start({ program: "javascript", limits, mounts: [], env: {} });
  const signal = new AbortController().signal;
  const ask = async (): Promise<{ ok: false; message: string }> => ({ ok: false, message: "nobody answers" });
  const end = await sandbox.run({ program: { kind: "javascript", source }, args, limits, signal, ask });
  await sandbox.stop();
  return end;
}

interface Listeners {
  readonly plant: { readonly port: number; readonly socket: string; readonly abstract: string };
  reached(): number;
  close(): void;
}

/** TCP and UDP on the host's loopback, a Unix socket at a path and one without. */
async function listen(folder: string): Promise<Listeners> {
  let reached = 0;
  const hit = (): void => void (reached += 1);
  const [socket, abstract] = [join(folder, "socket"), `writ-${randomBytes(8).toString("hex")}`];
  const servers = [createServer(), createServer(), createServer()] as const;
  const [tcp, path, nameless] = servers;
  for (const server of servers) server.on("connection", (connection) => (hit(), connection.destroy()));
  const bound = (server: (typeof servers)[number], start: () => void): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once("error", reject);
      server.once("listening", resolve);
      start();
    });
  await bound(tcp, () => tcp.listen(0, "127.0.0.1"));
  await bound(path, () => path.listen(socket));
  await bound(nameless, () => nameless.listen(`\0${abstract}`));
  const address = tcp.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const udp = createSocket("udp4");
  udp.on("error", () => undefined); // the port may be taken for UDP; the other tries tell enough then
  udp.on("message", hit);
  udp.bind(port, "127.0.0.1");
  const close = (): void => {
    for (const server of servers) server.close();
    udp.close();
  };
  return { plant: { port, socket, abstract }, reached: () => reached, close };
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}
