import { filesOf } from "./files.js";

/** What the walk over a shell text has found so far. Whatever is not sure only ever takes knowledge away. */
export class Found {
  readonly programs: string[] = [];
  readonly args: string[] = [];
  readonly reads: string[] = [];
  readonly writes: string[] = [];
  pipes = 0;
  /** A word is not known before the command runs. */
  dynamic = false;
  /** Programs may run that are not in the list, or the text may not mean what it seems to. */
  unsure = false;
  argsUnknown = false;
  filesUnknown = false;
  private readonly functions = new Set<string>();
  private movesFolder = false;

  /** A program with its words, undefined where not known. */
  program(name: string, words: readonly (string | undefined)[]): void {
    this.programs.push(name);
    if (name === "cd" || name === "pushd" || name === "popd") this.movesFolder = true;
    const known: string[] = [];
    for (const word of words) {
      if (word === undefined) this.unknownArgument();
      else known.push(word);
    }
    this.args.push(...known);
    const files = known.length === words.length && !this.functions.has(name) ? filesOf(name, known) : undefined;
    if (files === undefined) this.filesUnknown = true;
    else {
      this.reads.push(...files.reads);
      this.writes.push(...files.writes);
    }
  }

  /** A function's name is no longer the program of that name. */
  defines(name: string): void {
    this.functions.add(name);
    this.filesUnknown ||= this.programs.includes(name);
  }

  unknownArgument(): void {
    this.dynamic = true;
    this.argsUnknown = true;
    this.filesUnknown = true;
  }

  /** A relative name means another file after a change of folder. */
  filesSure(): boolean {
    return (
      !this.filesUnknown && !(this.movesFolder && [...this.reads, ...this.writes].some((file) => !file.startsWith("/")))
    );
  }
}
