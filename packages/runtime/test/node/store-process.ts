import { spawn } from "node:child_process";
import { join } from "node:path";

const here = import.meta.dirname;
const node = join(here, "../../../../node_modules/node/bin/node");

/** A child process on a store. */
export interface StoreProcess {
  /** Resolves when it has opened the store. */
  readonly open: Promise<void>;
  /** What it said since, one entry a line; an incomplete last line is left out. */
  said(): readonly string[];
  /** Resolves when it has said so. */
  has(words: string): Promise<void>;
  go(): void;
  kill(signal?: NodeJS.Signals): void;
  /** Resolves when it ended by itself or was killed; rejects on any other end. */
  readonly ended: Promise<void>;
}

/** Starts one; it works when told to `go`. */
export function storeProcess(
  kind: "burst" | "churn" | "race" | "storm" | "hold" | "approved",
  folder: string,
  name: string,
  amount = 0,
): StoreProcess {
  const child = spawn(
    node,
    ["--import", join(here, "source-hooks.mjs"), join(here, "store-child.mjs"), kind, folder, name, String(amount)],
    { stdio: ["pipe", "pipe", "pipe"] },
  );
  let text = "";
  let errors = "";
  const waiting: { readonly words: string; readonly resolve: () => void; readonly reject: (error: Error) => void }[] =
    [];
  const lines = (): readonly string[] => text.split("\n").slice(0, -1);
  child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
  child.stdout.on("data", (data: Buffer) => {
    text += data.toString();
    for (const one of waiting) if (lines().includes(one.words)) one.resolve();
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const fault = new Error(`the process ${name} ended: ${errors}`);
      for (const one of waiting) one.reject(fault);
      if (code === 0 || signal === "SIGKILL") resolve();
      else reject(fault);
    });
  });
  const has = (words: string): Promise<void> =>
    lines().includes(words)
      ? Promise.resolve()
      : new Promise((resolve, reject) => waiting.push({ words, resolve, reject }));
  return {
    open: has("open"),
    has,
    said: () => lines().slice(1),
    go: () => child.stdin.end("go\n"),
    kill: (signal = "SIGKILL") => void child.kill(signal),
    ended,
  };
}
