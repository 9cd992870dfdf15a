import { readArguments } from "./arguments.js";
import { COMMANDS } from "./commands.js";
import { EXIT, type ExitCode } from "./exit-codes.js";
import { Fault } from "./fault.js";
import { findCommand } from "./find-command.js";
import { writeJson } from "./output/json.js";
import type { Streams } from "./output/streams.js";
import { safe } from "./output/text.js";

/** Runs one command line. Never rejects: whatever goes wrong is one line on standard error and {@link EXIT.fault}. */
export async function run(words: readonly string[], streams: Streams): Promise<ExitCode> {
  try {
    return await dispatch(words, streams);
  } catch (error) {
    await report(error, wantsJson(words), streams);
    return EXIT.fault;
  }
}

/** Also of a command line that cannot be read. */
function wantsJson(words: readonly string[]): boolean {
  return (
    words.includes("--json") ||
    words.includes("--format=json") ||
    words.some((word, at) => word === "--format" && words[at + 1] === "json")
  );
}

async function dispatch(words: readonly string[], streams: Streams): Promise<ExitCode> {
  const [first] = words;
  if (first === undefined) {
    const { overview } = await import("./commands/help.js");
    await streams.err(overview());
    return EXIT.fault;
  }
  if (first === "--version" || first === "-V") {
    const { version } = await import("./version.js");
    await streams.out(`${version()}\n`);
    return EXIT.ok;
  }
  if (first === "--help" || first === "-h") return dispatch(["help", ...words.slice(1)], streams);
  if (first.startsWith("-"))
    throw new Fault(`writ has no option ${first}`, "options stand after a command; see: writ help");
  const { name, rest } = findCommand(words);
  const options = rest.slice(0, rest.includes("--") ? rest.indexOf("--") : rest.length);
  if (options.some((word) => word === "--help" || word === "-h"))
    return dispatch(["help", ...name.split(" ")], streams);
  const command = COMMANDS[name];
  if (command === undefined) throw new Fault(`there is no command "${name}"`);
  const args = readArguments(name, rest, command.options);
  const { least, most, what } = command.takes;
  if (args.files.length < least) throw new Fault(`writ ${name} needs a ${what}`, `usage: ${command.usage}`);
  if (args.files.length > most)
    throw new Fault(
      `writ ${name} takes ${most === 1 ? `one ${what}` : `at most ${most}`}, not ${args.files.length}`,
      `usage: ${command.usage}`,
    );
  const { run: work } = await command.load();
  return work(args, streams);
}

async function report(error: unknown, json: boolean, streams: Streams): Promise<void> {
  await streams.err(faultLine(error));
  if (!json) return;
  const { message, help } = wordsOf(error);
  try {
    await writeJson(streams, "writ.error/1", { ok: false, message, ...(help === undefined ? {} : { help }) });
  } catch {
    // standard output is what failed
  }
}

/** What went wrong in one line; with `WRIT_DEBUG` also where. */
export function faultLine(error: unknown): string {
  const { message, help } = wordsOf(error);
  const trace = (process.env["WRIT_DEBUG"] ?? "") !== "" && error instanceof Error ? `${error.stack ?? ""}\n` : "";
  return `writ: ${safe(message)}${help === undefined ? "" : ` (${safe(help)})`}\n${trace}`;
}

function wordsOf(error: unknown): { readonly message: string; readonly help: string | undefined } {
  if (error instanceof Fault) return { message: error.message, help: error.help };
  const said = error instanceof Error ? error.message : String(error);
  return {
    message: `a fault of writ itself: ${said.split("\n")[0] ?? ""}`,
    help: "please report it; WRIT_DEBUG=1 shows where it happened",
  };
}
