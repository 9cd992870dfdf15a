import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { createSocket, type Socket as Datagrams } from "node:dgram";
import { once } from "node:events";
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** What a program is told of the host, so that it need not search. */
export interface Plant {
  readonly secret: string;
  readonly outside: string;
  readonly mount: string;
  readonly port: number;
  readonly port6: number;
  readonly addresses: readonly string[];
  readonly socket: string;
  readonly abstract: string;
  readonly pid: number;
  readonly victim: number;
  /** Seconds to sleep; by this number its processes are found again. */
  readonly nap: string;
  /** The descriptor that the runner writes frames to. */
  readonly protocol: number;
}

/** All stages of a process share its environment. */
const IN_ENVIRONMENT = randomBytes(16).toString("hex");
let stages = 0;

/** A host as an attacker would wish it: secrets, listeners and a process to kill, and a look at what became of them. */
export class Stage {
  readonly plant: Plant;
  readonly #folder: string;
  readonly #secrets: readonly string[];
  readonly #servers: readonly Server[];
  readonly #datagrams: Datagrams;
  readonly #victim: ChildProcess;
  #reached = 0;

  private constructor(parts: StageParts) {
    this.plant = parts.plant;
    this.#folder = parts.folder;
    this.#secrets = parts.secrets;
    this.#servers = parts.servers;
    this.#datagrams = parts.datagrams;
    this.#victim = parts.victim;
    for (const server of this.#servers) server.on("connection", () => (this.#reached += 1));
    this.#datagrams.on("message", () => (this.#reached += 1));
  }

  static async set(protocol: number): Promise<Stage> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), "writ-escape-")));
    const secrets = [randomBytes(16).toString("hex"), IN_ENVIRONMENT, `9${randomInt(1e8, 1e9)}`];
    const [inFile = "", , onCommandLine = ""] = secrets;
    const [outside, mount] = [join(folder, "outside"), join(folder, "mount")];
    // Open to everybody: only walls keep a program from them, not file permissions.
    await chmod(folder, 0o755);
    for (const path of [outside, mount]) {
      await mkdir(path);
      await chmod(path, 0o777);
    }
    await writeFile(join(folder, "secret"), inFile);
    await writeFile(join(mount, "mine"), "mine");
    await symlink(join(folder, "secret"), join(mount, "link-secret"));
    await symlink(outside, join(mount, "link-outside"));
    const victim = spawn("sleep", [onCommandLine], { env: { WRIT_ESCAPE_SECRET: IN_ENVIRONMENT }, stdio: "ignore" });
    victim.on("error", () => undefined);
    stages += 1;
    process.env["WRIT_ESCAPE_SECRET"] = IN_ENVIRONMENT;
    const abstract = `writ-${randomBytes(8).toString("hex")}`;
    const [four, six, path, inMount, named] = await Promise.all([
      listening({ port: 0, host: "0.0.0.0" }),
      listening({ port: 0, host: "::1" }).catch(() => undefined), // a host without IPv6
      listening({ path: join(folder, "host.sock") }),
      listening({ path: join(mount, "host.sock") }),
      listening({ path: `\0${abstract}` }),
    ]);
    await Promise.all(["host.sock", "mount/host.sock"].map(async (name) => await chmod(join(folder, name), 0o777)));
    const datagrams = createSocket("udp4").bind(portOf(four), "127.0.0.1");
    await once(datagrams, "listening");
    const shadow = await readFile("/etc/shadow", "utf8").catch(() => "");
    const plant: Plant = {
      secret: join(folder, "secret"),
      outside,
      mount,
      port: portOf(four),
      port6: six === undefined ? 1 : portOf(six),
      addresses: addresses(),
      socket: join(folder, "host.sock"),
      abstract,
      pid: process.pid,
      victim: victim.pid ?? 0,
      nap: `8${randomInt(1e6, 1e7)}`,
      protocol,
    };
    const servers = [four, path, inMount, named, ...(six === undefined ? [] : [six])];
    // A line of the real file, where this host may read it: a sandbox may have a file of that name of its own.
    const lines = shadow.split("\n").filter((line) => line.length > 30);
    return new Stage({ plant, folder, secrets: [...secrets, ...lines], servers, datagrams, victim });
  }

  /** What got out, in words, or nothing. `text` is all that a program gave back. */
  async harm(text: string): Promise<string | undefined> {
    if (this.#secrets.some((secret) => text.includes(secret))) return "a secret of the host came out";
    const cry = /ESCAPED: [^"\\]{0,80}/.exec(text)?.[0];
    if (cry !== undefined) return cry;
    if (this.#reached > 0) return "a listener of the host was reached";
    if (this.#victim.exitCode !== null || this.#victim.signalCode !== null) return "a process of the host was killed";
    const left = await readdir(this.plant.outside);
    if (left.length > 0) return `${left.join(", ")} was written on the host`;
    const mine = await readFile(join(this.plant.mount, "mine"), "utf8").catch(() => "");
    if (mine !== "mine") return "a file that may only be read was changed";
    for (const name of await readdir(this.plant.mount)) {
      const { mode } = await lstat(join(this.plant.mount, name));
      if ((mode & 0o6000) !== 0) return `${name} takes its owner's identity`;
    }
    if (Reflect.get({}, "polluted") !== undefined) return "the prototype of the host's objects was changed";
    return await this.#orphans();
  }

  async strike(): Promise<void> {
    stages -= 1;
    if (stages === 0) delete process.env["WRIT_ESCAPE_SECRET"];
    this.#victim.kill("SIGKILL");
    for (const pid of await withArgument(this.plant.nap)) process.kill(pid, "SIGKILL");
    for (const server of this.#servers) server.close();
    this.#datagrams.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #orphans(): Promise<string | undefined> {
    for (let tries = 0; tries < 20; tries += 1) {
      if ((await withArgument(this.plant.nap)).length === 0) return undefined;
      await sleep(50);
    }
    return "a process of it was left behind";
  }
}

interface StageParts {
  readonly plant: Plant;
  readonly folder: string;
  readonly secrets: readonly string[];
  readonly servers: readonly Server[];
  readonly datagrams: Datagrams;
  readonly victim: ChildProcess;
}

/** The processes of this machine that have such an argument. */
async function withArgument(argument: string): Promise<readonly number[]> {
  const processes = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    processes.map(async (pid) => await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
  );
  return processes.filter((_, i) => lines[i]?.split("\0").includes(argument) === true).map(Number);
}

async function listening(on: { port: number; host: string } | { path: string }): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  server.listen(on);
  await once(server, "listening");
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

function addresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal)
    .map(({ address }) => address);
}
