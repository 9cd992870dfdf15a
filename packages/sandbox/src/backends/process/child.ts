import { spawn, type ChildProcess } from "node:child_process";
import { Socket } from "node:net";
import { constants } from "node:os";
import { covered } from "./descriptors.js";
import type { Death, Link, LinkEvents } from "../../protocol/conversation.js";

/** What is known of a box when it has ended. */
export interface Ending {
  /** The exit code as a shell would tell it: 128 + n for signal n. */
  readonly code: number;
  /** The end of what it wrote to stderr. */
  readonly stderr: string;
  /** Whether this end killed it. */
  readonly killed: boolean;
}

/**
 * A box as a child process: the protocol on descriptor 3, what the child reads once (its filter) on 4. Its environment
 * is empty, and it leads a process group of its own.
 */
export class ChildLink implements Link {
  readonly #child: ChildProcess;
  readonly #socket: Socket;
  readonly #explain: (ending: Ending) => Promise<Death>;
  readonly #gone = Promise.withResolvers<undefined>();
  #stderr = "";
  #killed = false;
  #exited = false;

  /**
   * @param inherited descriptors of this process that the child must not have (descriptors.ts)
   * @param explain tells why it ended, and lets go of what was kept for it; asked once, when nothing of it is left
   */
  constructor(
    command: readonly string[],
    filter: Buffer,
    inherited: readonly number[],
    explain: (ending: Ending) => Promise<Death>,
  ) {
    const [program = "", ...args] = command;
    this.#explain = explain;
    this.#child = spawn(program, args, {
      env: {},
      cwd: "/",
      detached: true,
      stdio: ["pipe", "pipe", "pipe", "pipe", "pipe", ...covered(inherited, 5)],
    });
    this.#child.on("error", (error) => {
      this.#stderr = error.message; // it could not be started; `close` follows
    });
    this.#socket = duplex(this.#child, 3);
    const filterPipe = duplex(this.#child, 4);
    for (const [number, stream] of this.#child.stdio.entries()) {
      stream?.on("error", () => undefined); // a box that is gone; `close` says so
      if (number === 0 || number > 4) stream?.destroy();
    }
    filterPipe.end(filter);
  }

  /** Resolves when nothing of it is left. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  open(on: LinkEvents): void {
    this.#socket.on("data", (bytes: Buffer) => on.data(bytes));
    this.#child.stdout?.on("data", (bytes: Buffer) => on.stray(bytes));
    this.#child.stderr?.on("data", (bytes: Buffer) => {
      this.#stderr = (this.#stderr + bytes.toString("utf8")).slice(-4000);
      on.stray(bytes);
    });
    let over = false;
    const close = (code: number): void => {
      if (over) return;
      over = true;
      this.#exited = true;
      void this.#close(on, code);
    };
    if (this.#child.pid === undefined) setImmediate(() => close(127));
    this.#child.on("exit", () => {
      this.#exited = true;
    });
    // Not at `exit`: the last bytes may come after it.
    this.#child.on("close", (code, signal) => close(code ?? 128 + signalNumber(signal)));
  }

  async #close(on: LinkEvents, code: number): Promise<void> {
    const death = await this.#explain({ code, stderr: this.#stderr, killed: this.#killed });
    on.closed(death);
    this.#gone.resolve(undefined);
  }

  write(bytes: Buffer): void {
    if (!this.#exited) this.#socket.write(bytes);
  }

  /** Whether it keeps this process from ending: a box that waits for work does not, one that works does. */
  hold(held: boolean): void {
    for (const part of [this.#child, this.#socket, this.#child.stdout, this.#child.stderr]) {
      if (part === null || (part !== this.#child && !(part instanceof Socket))) continue;
      if (held) part.ref();
      else part.unref();
    }
  }

  kill(): void {
    const { pid } = this.#child;
    // Once its leader is waited for, the number of the group may be another's.
    if (this.#killed || this.#exited || pid === undefined) return;
    this.#killed = true;
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // It left its group; its number is still its own.
    }
    this.#child.kill("SIGKILL");
  }
}

function duplex(child: ChildProcess, descriptor: number): Socket {
  const stream = child.stdio[descriptor];
  if (stream instanceof Socket) return stream;
  throw new TypeError(`descriptor ${descriptor} of a child is no pipe`);
}

function signalNumber(signal: NodeJS.Signals | null): number {
  return signal === null ? 1 : constants.signals[signal];
}
