import {
  BACKEND_VERSION,
  type Backend,
  type Capabilities,
  type Probe,
  type Profile,
  type SandboxInstance,
} from "../../backend.js";
import { hasImage, imageReference, staleImages } from "../../images/build.js";
import { imageFor, type ImageName } from "../../images/image.js";
import { SandboxError } from "../../sandbox-error.js";
import { createOptions } from "./create-options.js";
import { engineWords, findEngine, type Engine, type EngineOptions } from "./engine.js";
import { thisHost, writeHostId } from "./host-id.js";
import { ContainerInstance } from "./instance.js";
import { probeContainer } from "./probe.js";
import { gvisorRemedy } from "./remedies.js";
import { startReaper, sweep, type Reaper } from "./reaper.js";

export interface ContainerOptions {
  readonly engine?: EngineOptions | undefined;
  /** The engine's name of its gVisor runtime; else the first that is called `runsc` or begins with it. */
  readonly runtime?: string | undefined;
}

/** Containers of Docker or Podman, on the kernel of the host. Throws a {@link SandboxError} `bad_option`. */
export function containerBackend(options: ContainerOptions = {}): Backend {
  return new ContainerBackend("container", options);
}

/** The same containers on gVisor, a kernel in user space. Throws a {@link SandboxError} `bad_option`. */
export function gvisorBackend(options: ContainerOptions = {}): Backend {
  return new ContainerBackend("gvisor", options);
}

class ContainerBackend implements Backend {
  readonly version = BACKEND_VERSION;
  readonly isolation: "container" | "gvisor";
  readonly #options: ContainerOptions;
  #ready: Promise<Ready> | undefined;
  #probe: Promise<Probe> | undefined;
  #name: string;
  #capabilities: Capabilities = { programs: ["module", "javascript", "python", "shell"], mounts: true };
  #closed = false;

  constructor(isolation: "container" | "gvisor", options: ContainerOptions) {
    checkOptions(options);
    this.isolation = isolation;
    this.#options = options;
    this.#name = isolation === "gvisor" ? "runsc" : "docker";
  }

  /** `docker` or `podman`, for gVisor with its runtime: `docker-runsc`. Known when it was probed. */
  get name(): string {
    return this.#name;
  }

  /** After the probe, only what there is an image for. */
  get capabilities(): Capabilities {
    return this.#capabilities;
  }

  async probe(): Promise<Probe> {
    this.#probe ??= this.#tryOut();
    return await this.#probe;
  }

  async start(profile: Profile): Promise<SandboxInstance> {
    if (this.#closed) throw new SandboxError("boot_failed", `the ${this.isolation} tier is closed`);
    const { engine, runtime, hostId } = await this.#get();
    const image = await imageReference(imageFor(profile.program));
    const options = await createOptions(profile, {
      image,
      hostId,
      runtime,
      gvisor: this.isolation === "gvisor",
      engine: engine.kind,
      rootless: engine.rootless,
    });
    const container = await engine.docker.createContainer(options).catch((error: unknown) => {
      throw new SandboxError("boot_failed", `the engine did not make the container: ${engineWords(error)}`);
    });
    return await ContainerInstance.boot(container, engine.socket, profile);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const ready = await this.#ready?.catch(() => undefined);
    await ready?.reaper.close();
  }

  async #tryOut(): Promise<Probe> {
    const found = await findEngine(this.#options.engine);
    if (!found.ok) return found;
    try {
      const { engine } = await this.#get();
      await sweep(engine);
      const lacking = await lackOf(engine, "node");
      if (lacking !== undefined) return { ok: false, ...lacking };
      const tools = await lackOf(engine, "tools");
      if (tools !== undefined)
        this.#capabilities = {
          programs: ["module", "javascript"],
          lacking: { python: tools, shell: tools },
          mounts: true,
        };
      return await probeContainer(this, engine);
    } catch (error) {
      if (error instanceof GvisorMissing) return { ok: false, why: error.message, remedy: await gvisorRemedy() };
      return { ok: false, why: error instanceof Error ? error.message : "an unreadable error" };
    }
  }

  #get(): Promise<Ready> {
    this.#ready ??= this.#prepare().catch((error: unknown) => {
      this.#ready = undefined;
      throw error;
    });
    return this.#ready;
  }

  async #prepare(): Promise<Ready> {
    const found = await findEngine(this.#options.engine);
    if (!found.ok) throw new SandboxError("boot_failed", `${found.why}; ${found.remedy}`);
    const { engine } = found;
    const runtime = this.isolation === "gvisor" ? gvisorRuntime(engine, this.#options.runtime) : undefined;
    this.#name =
      runtime === undefined ? engine.kind : `${engine.kind}-${runtime.toLowerCase().replaceAll(/[^a-z0-9-]/g, "-")}`;
    const hostId = writeHostId(await thisHost());
    return { engine, runtime, hostId, reaper: startReaper(engine, hostId) };
  }
}

interface Ready {
  readonly engine: Engine;
  readonly runtime: string | undefined;
  readonly hostId: string;
  readonly reaper: Reaper;
}

function checkOptions({ engine, runtime }: ContainerOptions): void {
  // From JavaScript they may be anything.
  const given: readonly unknown[] = [engine?.socket ?? "", runtime ?? ""];
  if (given.some((one) => typeof one !== "string") || (engine !== undefined && typeof engine !== "object"))
    throw new SandboxError("bad_option", 'the engine of containers is { socket: "/path" }, its runtime a name');
}

/** An engine is there, and cannot run containers on gVisor. */
class GvisorMissing extends SandboxError {
  constructor(message: string) {
    super("boot_failed", message);
  }
}

function gvisorRuntime(engine: Engine, named: string | undefined): string {
  const runtime = named ?? engine.runtimes.find((name) => name.startsWith("runsc"));
  if (runtime === undefined || !engine.runtimes.includes(runtime))
    throw new GvisorMissing(`${engine.kind} has no runtime ${named ?? "runsc"} (gVisor)`);
  return runtime;
}

/** Why programs of an image cannot be run; an image of another version is not used, and is told of. */
async function lackOf(engine: Engine, name: ImageName): Promise<{ why: string; remedy: string } | undefined> {
  if (await hasImage(engine, await imageReference(name))) return undefined;
  const holds = name === "node" ? "this Node and this Writ" : "a shell and Python for this Node and this Writ";
  const old =
    (await staleImages(engine, name)).length > 0 ? "; there is one of another version, which is not used" : "";
  return { why: `${engine.kind} has no image with ${holds}${old}`, remedy: "writ sandbox build" };
}
