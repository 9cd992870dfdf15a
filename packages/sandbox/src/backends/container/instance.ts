import type { Container } from "dockerode";
import type { Socket } from "node:net";
import type { Job, Profile, RunEnd, SandboxInstance } from "../../backend.js";
import { Conversation, type Death, type Link, type LinkEvents } from "../../protocol/conversation.js";
import { SandboxError } from "../../sandbox-error.js";
import { attach } from "./attach.js";
import { Demux } from "./demux.js";
import { engineWords } from "./engine.js";

/** How long a container may take to its `hello`. */
const BOOT = 30_000;
/** The exit code of what was ended by SIGKILL. */
const KILLED = 128 + 9;
/** How often, and after how many milliseconds, a removal that failed is tried again. */
const TRIES = [0, 100, 400, 1_600, 5_000];

/** One container, from its start to its removal. */
export class ContainerInstance implements SandboxInstance {
  readonly id: string;
  readonly bootMs: number;
  readonly gone: Promise<void>;
  readonly #conversation: Conversation;
  readonly #link: AttachLink;

  private constructor(id: string, bootMs: number, link: AttachLink, conversation: Conversation) {
    this.id = id;
    this.bootMs = bootMs;
    this.#link = link;
    this.#conversation = conversation;
    this.gone = conversation.gone;
  }

  /** Starts a container that was made. Rejects with a {@link SandboxError}; it is removed then. */
  static async boot(container: Container, socketPath: string, profile: Profile): Promise<ContainerInstance> {
    const started = performance.now();
    let link: AttachLink | undefined;
    try {
      const socket = await attach(socketPath, container.id);
      link = new AttachLink(container, socket);
      const conversation = new Conversation(link, profile.limits.output);
      await container.start();
      await within(BOOT, conversation.hello);
      return new ContainerInstance(container.id.slice(0, 12), performance.now() - started, link, conversation);
    } catch (error) {
      await (link === undefined ? remove(container) : link.stop());
      if (error instanceof SandboxError) throw error;
      throw new SandboxError("boot_failed", `the engine did not start the container: ${engineWords(error)}`);
    }
  }

  async run(job: Job): Promise<RunEnd> {
    return await this.#conversation.run(job);
  }

  async stop(): Promise<void> {
    await this.#link.stop();
  }
}

/** The attached connection as the host's end of the protocol. */
class AttachLink implements Link {
  readonly #container: Container;
  readonly #socket: Socket;
  readonly #gone = Promise.withResolvers<undefined>();
  #on: LinkEvents | undefined;
  #killed = false;

  constructor(container: Container, socket: Socket) {
    this.#container = container;
    this.#socket = socket;
    socket.on("error", () => socket.destroy()); // the end of the connection is told by `close`
    // The engine ends its side when the container has ended; nothing more comes then, and nothing is said to it.
    socket.once("end", () => socket.destroy());
    socket.once("close", () => void this.#bury());
  }

  write(bytes: Buffer): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }

  open(on: LinkEvents): void {
    this.#on = on;
    const streams = new Demux(
      (bytes) => on.data(bytes),
      (bytes) => on.stray(bytes),
    );
    this.#socket.on("data", (bytes) => {
      try {
        streams.take(bytes);
      } catch {
        this.#socket.destroy();
      }
    });
  }

  kill(): void {
    this.#killed = true;
    this.#socket.destroy();
  }

  async stop(): Promise<void> {
    this.kill();
    await this.#gone.promise;
  }

  /** Finds out why it ended, where it ended by itself, and removes it. */
  async #bury(): Promise<void> {
    const death: Death = this.#killed
      ? { reason: "died", message: "it was stopped" }
      : await causeOfDeath(this.#container);
    await remove(this.#container);
    this.#on?.closed(death);
    this.#gone.resolve(undefined);
  }
}

async function causeOfDeath(container: Container): Promise<Death> {
  try {
    for (const wait of [0, 20, 50, 100, 200, 400]) {
      await delay(wait);
      const { State: state } = await container.inspect();
      if (state.OOMKilled) return { reason: "memory", message: "the program took more memory than it may have" };
      // Not every engine counts what the kernel killed for its memory; nothing else here ends the first process so.
      if (!state.Running && state.ExitCode === KILLED)
        return { reason: "memory", message: "the kernel killed the program, as it does when its memory is used up" };
      if (!state.Running)
        return { reason: "died", message: `the sandbox ended by itself, with exit code ${state.ExitCode}` };
    }
    return { reason: "died", message: "the sandbox closed its side while it still ran" };
  } catch (error) {
    return { reason: "died", message: `the sandbox was gone: ${engineWords(error)}` };
  }
}

/**
 * Ends and removes a container; resolves when it is gone. Where the engine does not do it in some seconds it is given
 * up here, and is left to the reaper.
 */
export async function remove(container: Container): Promise<void> {
  for (const wait of TRIES) {
    await delay(wait);
    const done = await container.remove({ force: true, v: true }).then(
      () => true,
      (error: unknown) => statusOf(error) === 404,
    );
    if (done) return;
  }
}

function statusOf(error: unknown): unknown {
  return typeof error === "object" && error !== null ? Reflect.get(error, "statusCode") : undefined;
}

async function delay(ms: number): Promise<void> {
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}

async function within(ms: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SandboxError("boot_failed", `no sign of life within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
