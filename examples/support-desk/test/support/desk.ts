import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

export const EXAMPLE = join(import.meta.dirname, "..", "..");
const HOOKS = join(import.meta.dirname, "source-hooks.mjs");
const COMMAND = join(EXAMPLE, "..", "..", "packages", "cli", "bin", "writ.js");
const INSTALLED = join(EXAMPLE, "node_modules", ".bin", "writ");
/** In its repository the example runs on sources; copied out of it, on what was built and installed. */
const ON_SOURCES = existsSync(COMMAND);
export const NODE_OPTIONS = ["--disable-warning=ExperimentalWarning", ...(ON_SOURCES ? ["--import", HOOKS] : [])];

/** The main job as a command line. */
export const MAIN: readonly string[] = [
  process.execPath,
  ...NODE_OPTIONS,
  ON_SOURCES ? join(EXAMPLE, "src", "main.ts") : join(EXAMPLE, "dist", "main.js"),
];
export const POLICIES = join(EXAMPLE, "policy");
const WRIT = [process.execPath, ...NODE_OPTIONS, ON_SOURCES ? COMMAND : realpathSync(INSTALLED)];

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A folder for `out/` and `.writ/`, gone after the test. */
export function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "writ-desk-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Without a model's key: no test may call one. */
export function environment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    LANG: "C.UTF-8",
    LC_ALL: "C.UTF-8",
    NO_COLOR: "",
    TERM: "xterm",
    ...more,
  };
  for (const name of ["OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL"])
    if (more[name] === undefined) delete env[name];
  return env;
}

async function run([command = "", ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<Ran> {
  const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const [code, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, out, err };
}

/** Runs the main job without a terminal. */
export function desk(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  return run([...MAIN, ...args], environment(env));
}

export function writ(args: readonly string[]): Promise<Ran> {
  return run([...WRIT, ...args], environment({ NO_COLOR: "1" }));
}

/** The messages that lie in a mailbox after a run. */
export function mailbox(data: string, which: "unguarded" | "guarded", recipient: string): readonly string[] {
  const box = join(data, "out", which, "mailboxes", recipient);
  return existsSync(box)
    ? readdirSync(box)
        .toSorted()
        .map((file) => readFileSync(join(box, file), "utf8"))
    : [];
}

/** The refunds that stand in a run's database, as `customer cents`. */
export function refunds(data: string, which: "unguarded" | "guarded"): readonly string[] {
  const database = new DatabaseSync(join(data, "out", which, "records.sqlite"), { readOnly: true });
  try {
    return database
      .prepare("SELECT customer, cents FROM refunds ORDER BY rowid")
      .all()
      .map(({ customer, cents }) => `${String(customer)} ${String(cents)}`);
  } finally {
    database.close();
  }
}

/** Long enough for several runs on a busy machine. */
export const PATIENCE = { timeout: 240_000 };

export const ANN = "ann@customer.example";
export const STRANGER = "stranger@evil.test";
