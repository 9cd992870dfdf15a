import { Worker } from "node:worker_threads";
import type { Death, Link } from "../../protocol/conversation.js";
import { SandboxError } from "../../sandbox-error.js";
import { WORKER, type Engine } from "./engine.js";

/** Bytes of one frame to a worker: what the worker makes of it is on its own heap, which no program may fill. */
const MOST_IN = 32 * 1024 * 1024;
/**
 * The worker's own heap, megabytes. Nothing of a program is on it; it is wide enough for the largest frame, because a
 * worker that runs out of it on one large string takes the whole process with it.
 */
const HEAP = 512;
/** Its stack, megabytes: deeper than the engine's own limit inside ever gets, so that this limit is the one that is met. */
const STACK = 16;

/** What a worker is started with, beside its engine. */
export interface WorkerOptions {
  /** Bytes of the instance's memory. */
  readonly memory: number;
  /** Bytes that may come out of it. */
  readonly most: number;
}

/**
 * A worker thread with one QuickJS instance, as the protocol's link. Its messages are whole frames of bytes, or the one
 * word that says why it ends; the program inside has no part in them but the text of values.
 */
export class WorkerLink implements Link {
  readonly #worker: Worker;
  /** Rung when the first message is there. */
  readonly #bell = new Int32Array(new SharedArrayBuffer(4));
  #ready = false;
  #death: Death = { reason: "died", message: "the sandbox ended by itself" };

  /** Throws where this process may not start one. */
  constructor(engine: Engine, { memory, most }: WorkerOptions) {
    this.#worker = new Worker(WORKER, {
      name: "writ-wasm",
      argv: [],
      execArgv: [],
      env: {},
      stdin: false,
      // Read by nobody, because reading them would keep the process from ending; the worker writes nothing there.
      stdout: true,
      stderr: true,
      trackUnmanagedFds: true,
      resourceLimits: { maxOldGenerationSizeMb: HEAP, maxYoungGenerationSizeMb: 32, stackSizeMb: STACK },
      workerData: {
        engine: engine.module,
        extensions: engine.extensions,
        world: engine.world,
        driver: engine.driver,
        memory,
        most,
        bell: this.#bell,
      },
    });
  }

  write(bytes: Buffer): void {
    if (bytes.length > MOST_IN)
      throw new SandboxError("bad_value", `a program and its arguments take more than ${MOST_IN} bytes`);
    // Of its own, because what is handed over is the whole of what lies under a Buffer, and that may be shared.
    const own = new Uint8Array(bytes);
    this.#worker.postMessage(own, [own.buffer]);
    if (Atomics.exchange(this.#bell, 0, 1) === 0) Atomics.notify(this.#bell, 0);
  }

  open(on: { readonly data: (bytes: Buffer) => void; readonly closed: (death: Death) => void }): void {
    this.#worker.on("message", (message: unknown) => {
      if (message instanceof Uint8Array) on.data(Buffer.from(message.buffer, message.byteOffset, message.byteLength));
      else {
        this.#death =
          message === "memory"
            ? { reason: "memory", message: "the program used more memory than its limit" }
            : { reason: "died", message: "the engine could not go on with the program" };
        this.kill();
      }
    });
    this.#worker.on("error", (error: unknown) => {
      const full = error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
      if (full) this.#death = { reason: "memory", message: "the sandbox's worker ran out of memory" };
      else if (!this.#ready && error instanceof Error) this.#death = { reason: "died", message: error.message };
    });
    this.#worker.once("exit", () => on.closed(this.#death));
  }

  kill(): void {
    // After what waits for the result has gone on: it is not held up by the end of the thread, which says nothing more.
    setImmediate(() => void this.stop());
  }

  /** Resolves when the thread is gone. */
  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  /** It has said hello: from now on no words of its errors are told, since a program may have had a part in them. */
  ready(): void {
    this.#ready = true;
  }

  /** Whether this sandbox keeps the host's process from ending: one that waits for work does not. */
  hold(held: boolean): void {
    if (held) this.#worker.ref();
    else this.#worker.unref();
  }
}
