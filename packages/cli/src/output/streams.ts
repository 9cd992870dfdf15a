import { systemCode, systemWords, Fault } from "../fault.js";

/** Where a command writes. Each resolves when the text has left the process. */
export interface Streams {
  /** Results. */
  out(text: string): Promise<void>;
  /** What is said about the work. */
  err(text: string): Promise<void>;
  /** Whether results go to a terminal, which acts on what is written to it. */
  readonly terminal: boolean;
  /** Whether results may be coloured. */
  readonly color: boolean;
}

/**
 * The process's own streams. A reader that has gone (`writ check | head`) is no fault: the rest is not written and the
 * exit code stays the result's. Anything else that keeps a result from being written is a {@link Fault}.
 */
export function processStreams(): Streams {
  const out = writer(process.stdout);
  const err = writer(process.stderr);
  return {
    out,
    err: async (text) => {
      try {
        await err(text);
      } catch {
        // There is nowhere left to say it; the exit code does.
      }
    },
    terminal: process.stdout.isTTY,
    color: process.stdout.isTTY && (process.env["NO_COLOR"] ?? "") === "" && process.env["TERM"] !== "dumb",
  };
}

function writer(stream: NodeJS.WriteStream): (text: string) => Promise<void> {
  let gone = false;
  // Without a listener a broken pipe ends the process with a stack trace; the callback below hears of it too.
  stream.on("error", () => {});
  return async (text) => {
    if (gone || text === "") return;
    await new Promise<void>((resolve, reject) => {
      stream.write(text, (error) => {
        if (error === null || error === undefined) return resolve();
        gone = true;
        const code = systemCode(error);
        if (code === "EPIPE" || code === "ECONNRESET") return resolve();
        reject(new Fault(`the output cannot be written: ${systemWords(error)}`));
      });
    });
  };
}
