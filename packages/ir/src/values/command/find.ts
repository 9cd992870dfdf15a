import type { Word } from "./words.js";

const RUNS = new Set(["-exec", "-execdir", "-ok", "-okdir"]);
const CHANGES = new Set(["-delete", "-fprint", "-fprint0", "-fprintf", "-fls"]);

/** What a `find` does beside finding. */
export interface Find {
  /** The commands that it runs, each with the words of `{}` unknown. */
  readonly commands: readonly (readonly Word[])[];
  /** Whether it deletes what it finds, or writes files. */
  readonly changes: boolean;
}

/** Reads the expression of `find`; undefined where a word is not known or a command does not end. */
export function readFind(words: readonly Word[]): Find | undefined {
  const commands: Word[][] = [];
  let changes = false;
  let open: Word[] | undefined;
  for (const word of words) {
    if (word.text === undefined) return undefined;
    if (open !== undefined) {
      const ends = word.text === ";" || (word.text === "+" && open.at(-1)?.text === undefined);
      if (ends) {
        // `-name -exec -exec rm {} ;`: where an option stands as the program, the expression was read from the wrong word.
        if (open[0]?.text?.startsWith("-") !== false) return undefined;
        commands.push(open);
        open = undefined;
      } else open.push(word.text.includes("{}") ? { text: undefined, bare: false } : word);
    } else if (RUNS.has(word.text)) open = [];
    else if (CHANGES.has(word.text)) changes = true;
    // A list of files that stands somewhere else (`-files0-from`) names what to start from, no command.
  }
  return open === undefined ? { commands, changes } : undefined;
}
