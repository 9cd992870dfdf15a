import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_LIMITS, type Limits, type Probe, type Program, type ProvenFact, type RunEnd } from "../../backend.js";
import { TRY_WALLS } from "./probe-program.js";
import { startBox, type Machine } from "./start.js";

const MIB = 1024 * 1024;

/** Limits of the boxes of a probe: small ones, which are reached soon. */
const SMALL: Limits = { ...DEFAULT_LIMITS, time: 5000, memory: 64 * MIB, processes: 8, disk: 4 * MIB, output: MIB };

type Tried = Partial<Record<ProvenFact, true | string>>;

/**
 * Tries a box from inside: by the kernel's walls alone, without Node's permission model before them. Anything that a
 * program could do and a box promises it cannot makes the whole probe fail, except limits of several processes
 * together, which need control groups and are reported as missing.
 */
export async function proveBox(machine: Machine): Promise<Probe> {
  const folder = await mkdtemp(join(tmpdir(), "writ-probe-"));
  const server = createServer((socket) => socket.destroy());
  let reached = 0;
  server.on("connection", () => (reached += 1));
  try {
    const secret = join(folder, "secret");
    await writeFile(secret, randomBytes(16).toString("hex"), { mode: 0o644 });
    const port = await listen(server);
    const tried = await tryAll(machine, { secret, port, pid: process.pid, shared: machine.kind === "landlock" });
    if (reached > 0) tried["no-network"] = "a listener of the host was reached";
    return verdict(tried, machine);
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function tryAll(machine: Machine, plant: object): Promise<Tried> {
  const [walls, memory, processes, time] = await Promise.all([
    run(machine, { kind: "javascript", source: TRY_WALLS }, SMALL, plant),
    run(machine, { kind: "javascript", source: MEMORY }, SMALL),
    // Where no process can be made at all, there is no shell to try it in.
    machine.kind === "landlock" ? undefined : run(machine, { kind: "shell", source: FORKS }, SMALL),
    run(machine, { kind: "javascript", source: "for (;;);" }, { ...SMALL, time: 200 }),
  ]);
  const tried: Tried = {
    "memory-limit": memory.status !== "done" || "256 MiB were given where 64 were allowed",
    "process-limit": processes === undefined || forked(processes),
    "time-limit": (time.status === "ended" && time.reason === "timeout") || "an endless loop was not ended",
  };
  if (walls.status !== "done" || typeof walls.value !== "object" || walls.value === null)
    throw new Error(`no program could be run: ${walls.status === "done" ? "no answer" : walls.message}`);
  for (const [name, found] of Object.entries(walls.value)) {
    const fact = FROM_INSIDE.find((known) => known === name);
    if (fact !== undefined) tried[fact] = found === true || String(found);
  }
  return tried;
}

const FROM_INSIDE = [
  "no-host-files",
  "no-host-environment",
  "no-host-processes",
  "no-network",
  "no-new-privileges",
  "no-new-processes",
  "system-calls-filtered",
  "read-only-root",
  "disk-limit",
] as const satisfies readonly ProvenFact[];

const MEMORY = "const held = []; for (let i = 0; i < 16; i++) held.push(Buffer.alloc(16 * 1024 * 1024, 1)); return 1;";
const FORKS = "i=0; while [ $i -lt 200 ]; do sleep 3 & i=$((i+1)); done; echo all";

function forked(end: RunEnd): true | string {
  if (end.status === "done" && JSON.stringify(end.value).includes("all\\n"))
    return "200 processes ran where 8 were allowed";
  return true;
}

function verdict(tried: Tried, { groups, kind }: Machine): Probe {
  const proven: ProvenFact[] = [];
  const missing: { name: ProvenFact; why: string }[] = [];
  for (const name of [...FROM_INSIDE, "memory-limit", "process-limit", "time-limit"] as const) {
    const found = tried[name] ?? "it was not tried";
    if (found !== true) return { ok: false, why: `a box of ${kind} does not hold ${name} here: ${found}` };
    if (name === "memory-limit" && groups === undefined && kind === "bubblewrap")
      missing.push({ name, why: "no control group can be made here: memory is bounded for each process by itself" });
    else proven.push(name);
  }
  return { ok: true, proven, missing };
}

async function run(machine: Machine, program: Program, limits: Limits, args: unknown = {}): Promise<RunEnd> {
  const box = await startBox(machine, { program: program.kind, limits, mounts: [], env: {}, seatBelt: false });
  const signal = new AbortController().signal;
  const ask = async (): Promise<{ ok: false; message: string }> => ({ ok: false, message: "nobody answers" });
  const end = await box.run({ program, args, limits, signal, ask });
  await box.stop();
  return end;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
