import type { Answer, EndReason, Job, RunEnd } from "../backend.js";
import { SandboxError } from "../sandbox-error.js";
import { decodeValue, encodeValue } from "./codec.js";
import { encodeFrame, FrameReader, FrameViolation } from "./frames.js";
import { PROTOCOL, readMessage, type FromHost, type FromSandbox } from "./messages.js";

/** The host's end of the only way out of a sandbox. */
export interface Link {
  write(bytes: Buffer): void;
  /** Called once, before anything is read. */
  open(on: LinkEvents): void;
  /** Ends the sandbox with everything it started, at once. It never throws, and may be called again. */
  kill(): void;
}

export interface LinkEvents {
  /** Bytes of the protocol. */
  readonly data: (bytes: Buffer) => void;
  /** Bytes that were written around the protocol, to stdout or stderr: they count as output and stand in the log. */
  readonly stray: (bytes: Buffer) => void;
  /** No more can come. */
  readonly closed: (death: Death) => void;
}

/** Why a sandbox is gone, as far as its backend can tell. */
export interface Death {
  readonly reason: Extract<EndReason, "memory" | "processes" | "timeout" | "died">;
  readonly message: string;
}

/** Asks that may wait for an answer at once. */
const MAX_ASKS = 64;
/** Bytes of what a program logs that are kept; the rest is counted against the output and left out. */
const MAX_LOG = 64 * 1024;
/** Bytes before `hello`, and beside results: names, braces. */
const OVERHEAD = 64 * 1024;

/**
 * The host's side of the protocol, from `hello` to the end, over any link. What comes from inside is hostile from its
 * first byte: what is out of bounds, out of turn or no message ends the sandbox.
 */
export class Conversation {
  readonly #link: Link;
  readonly #reader: FrameReader;
  readonly #hello = Promise.withResolvers<undefined>();
  readonly #gone = Promise.withResolvers<undefined>();
  readonly #ended = Promise.withResolvers<RunEnd>();
  #state: "booting" | "ready" | "running" | "over" = "booting";
  #job: Job | undefined;
  #log = "";
  #asks = 0;
  #lastAsk = 0;

  /** @param output what the host takes in, in bytes: results, asks and logs together */
  constructor(link: Link, output: number) {
    this.#link = link;
    const total = output + OVERHEAD;
    this.#reader = new FrameReader({ frame: total, total, frames: 100_000 });
    this.#hello.promise.catch(() => undefined);
    link.open({
      data: (bytes) => this.#take(() => this.#data(bytes)),
      stray: (bytes) => this.#take(() => this.#stray(bytes)),
      closed: (death) => this.#closed(death),
    });
  }

  /** Resolves at `hello`; rejects with a {@link SandboxError} `boot_failed` where the sandbox ends before. */
  get hello(): Promise<void> {
    return this.#hello.promise;
  }

  /** Resolves when no more can come. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** Runs the one job of this sandbox. It never rejects. The sandbox is killed when it is over, however it ended. */
  async run(job: Job): Promise<RunEnd> {
    if (this.#state !== "ready")
      return {
        status: "ended",
        reason: "died",
        message: "the sandbox is not there any more, or was used before",
        log: "",
      };
    this.#state = "running";
    this.#job = job;
    const onAbort = (): void => this.#end("aborted", "the call was aborted");
    if (job.signal.aborted) onAbort();
    else this.#hand(job);
    // After it was handed over, so that the sandbox begins while the rest is made ready.
    const late = setTimeout(
      () => this.#end("timeout", `the call took longer than ${job.limits.time} ms`),
      job.limits.time,
    );
    job.signal.addEventListener("abort", onAbort, { once: true });
    const end = await this.#ended.promise;
    clearTimeout(late);
    job.signal.removeEventListener("abort", onAbort);
    return end;
  }

  #hand(job: Job): void {
    try {
      this.#say({ t: "run", program: job.program, args: encodeValue(job.args) });
    } catch (error) {
      const why = error instanceof Error ? error.message : "unknown";
      this.#end("died", `the call could not be handed to its sandbox: ${why}`);
    }
  }

  #data(bytes: Buffer): void {
    for (const parsed of this.#reader.take(bytes)) this.#hear(readMessage(parsed));
  }

  #stray(bytes: Buffer): void {
    this.#reader.count(bytes.length);
    this.#note(bytes.toString("utf8", 0, MAX_LOG));
  }

  #note(text: string): void {
    if (this.#log.length < MAX_LOG) this.#log += text.slice(0, MAX_LOG - this.#log.length);
  }

  #take(read: () => void): void {
    if (this.#state === "over") return;
    try {
      read();
    } catch (error) {
      if (error instanceof FrameViolation && error.large)
        this.#end("output", `the sandbox gave ${error.message}, its limit of output`);
      else
        this.#end(
          "violation",
          `the sandbox broke the protocol: ${error instanceof Error ? error.message : "an unreadable error"}`,
        );
    }
  }

  #hear(message: FromSandbox): void {
    switch (this.#state) {
      case "over":
        return;
      case "booting":
        if (message.t !== "hello") throw new FrameViolation(`${message.t} before hello`);
        if (message.protocol !== PROTOCOL) throw new FrameViolation("another version of the protocol");
        this.#state = "ready";
        this.#hello.resolve(undefined);
        return;
      case "ready":
        throw new FrameViolation(`${message.t} before a program was given`);
      case "running":
        this.#heard(message);
    }
  }

  #heard(message: FromSandbox): void {
    switch (message.t) {
      case "hello":
        throw new FrameViolation("hello twice");
      case "log":
        this.#note(message.text);
        return;
      case "ask":
        this.#ask(message);
        return;
      case "done":
        this.#over({ status: "done", value: decodeValue(message.value), log: this.#log });
        return;
      case "failed":
        this.#over({ status: "failed", name: message.name, message: message.message, log: this.#log });
        return;
      default:
        throw new FrameViolation("a message that the protocol does not know");
    }
  }

  #ask({ id, effect, args }: Extract<FromSandbox, { t: "ask" }>): void {
    if (id <= this.#lastAsk) throw new FrameViolation("an ask out of order");
    if (this.#asks >= MAX_ASKS) throw new FrameViolation(`more than ${MAX_ASKS} asks at once`);
    this.#lastAsk = id;
    this.#asks += 1;
    void this.#answer(id, effect, decodeValue(args));
  }

  async #answer(id: number, effect: string, args: unknown): Promise<void> {
    let answer: Answer;
    try {
      answer = (await this.#job?.ask(effect, args)) ?? { ok: false, message: "nobody answers" };
    } catch {
      answer = { ok: false, message: "the host could not answer" };
    }
    this.#asks -= 1;
    if (this.#state !== "running") return;
    try {
      this.#say(
        answer.ok ? { t: "answer", id, ok: true, value: encodeValue(answer.value) } : { t: "answer", id, ...answer },
      );
    } catch {
      this.#say({ t: "answer", id, ok: false, message: "the answer is too large, or no data" });
    }
  }

  #say(message: FromHost): void {
    this.#link.write(encodeFrame(message));
  }

  #end(reason: EndReason, message: string): void {
    this.#over({ status: "ended", reason, message, log: this.#log });
  }

  #over(end: RunEnd): void {
    if (this.#state === "over") return;
    const booting = this.#state === "booting";
    this.#state = "over";
    this.#ended.resolve(end);
    if (booting)
      this.#hello.reject(
        new SandboxError("boot_failed", end.status === "ended" ? end.message : "the sandbox ended before it was ready"),
      );
    this.#link.kill();
  }

  #closed(death: Death): void {
    this.#end(death.reason, death.message);
    this.#gone.resolve(undefined);
  }
}
