import { foundIn } from "./engine.js";
import type { Found } from "./found.js";

/**
 * A shell command as rules see it, for `bash` and POSIX `sh` alike: where the two read a text differently, it is
 * dynamic. A member that is undefined is unknown to a rule: it lets no `allow` grant and lets every `forbid` act.
 *
 * What a program does once it runs (the scripts of `npm test`, hooks, configuration) is not seen, nor are options of
 * programs that the tables do not know. GNU programs take abbreviated options (`--forc`), so flags are for
 * lists of what may be, not of what may not.
 */
export class Command {
  /** The text, unchanged: what the tool receives. */
  readonly text: string;
  /** Every program that may run, each once: wrapped ones too (`env`, `xargs`, `sh -c`), as written (`/bin/rm`), builtins (`cd`) and functions as well. Undefined where one may be missing, or none runs. */
  readonly programs: readonly string[] | undefined;
  /** The program, where all commands of the text run one and the same. */
  readonly program: string | undefined;
  /** The words after every program, quotes taken off; undefined where one is not known before the command runs. */
  readonly args: readonly string[] | undefined;
  /** The arguments that begin with `-`, without `=value`; one of several letters (`-rf`) also letter by letter (`-r`, `-f`), since programs differ in which they mean. */
  readonly flags: readonly string[] | undefined;
  /** The files read by redirects and by operands of well-known programs, as written: a relative name is meant from where the command starts. Undefined with any program whose files are not known. */
  readonly reads: readonly string[] | undefined;
  /** The files written, created or removed; as {@link reads}. */
  readonly writes: readonly string[] | undefined;
  /** Whether words or programs cannot be known before it runs: substitutions, variables, globs, braces, `~`, `eval`, code for another interpreter, no program at all, or text that is not surely understood. */
  readonly dynamic: boolean;
  /** How many pipes join its commands; undefined where the text is not surely understood. */
  readonly pipes: number | undefined;

  constructor(text: string, found: Found | undefined) {
    const sure = found !== undefined && !found.unsure && found.programs.length > 0;
    const programs = [...new Set(found?.programs)];
    const args = sure && !found.argsUnknown ? found.args : undefined;
    const files = sure && found.filesSure();
    this.text = text;
    this.programs = sure ? programs : undefined;
    this.program = sure && programs.length === 1 ? programs[0] : undefined;
    this.args = args;
    this.flags = args === undefined ? undefined : flagsOf(args);
    this.reads = files ? [...new Set(found.reads)] : undefined;
    this.writes = files ? [...new Set(found.writes)] : undefined;
    this.dynamic = !sure || found.dynamic;
    this.pipes = sure ? found.pipes : undefined;
  }
}

function flagsOf(args: readonly string[]): readonly string[] {
  const flags = new Set<string>();
  for (const arg of args) {
    if (!arg.startsWith("-") || arg === "-" || arg === "--") continue;
    const name = arg.split("=", 1)[0] ?? arg;
    flags.add(name);
    if (!name.startsWith("--") && name.length > 2)
      for (const letter of name.slice(1).replace(/[^A-Za-z0-9]/g, "")) flags.add(`-${letter}`);
  }
  return [...flags];
}

/** Texts longer than this (UTF-16 code units) are refused: the slowest found takes half a second to parse. */
export const MAX_COMMAND = 32_768;

/** A command, or why the text is none. */
export type CommandReading =
  | { readonly ok: true; readonly command: Command }
  | { readonly ok: false; readonly code: "command" | "too_long"; readonly message: string };

/**
 * Reads shell text. Refused are only texts that no shell can be handed (NUL, half a surrogate pair) and too long ones;
 * whatever is not understood for sure is a command that is `dynamic` with unknown programs. Needs
 * `loadCommandParser` before; without it every command is dynamic. Never throws.
 */
export function parseCommand(text: string): CommandReading {
  if (text.length > MAX_COMMAND)
    return { ok: false, code: "too_long", message: `a command has at most ${MAX_COMMAND} characters` };
  if (text.includes("\0") || !text.isWellFormed())
    return { ok: false, code: "command", message: "a command holds no NUL and no half of a surrogate pair" };
  return { ok: true, command: new Command(text, foundIn(text)) };
}

/**
 * Whether two programs are the same: undefined, unknown to a rule, where one stands with a folder and its last part
 * is the other (`/bin/rm`, `./npm`: which file that is takes a look), and where they differ in letter case only.
 */
export function equalPrograms(a: string, b: string): boolean | undefined {
  if (a === b) return true;
  return bare(a) === bare(b) ? undefined : false;
}

function bare(program: string): string {
  return program.slice(program.lastIndexOf("/") + 1).toLowerCase();
}
