import { COMMANDS } from "./commands.js";
import { didYouMean } from "./did-you-mean.js";
import { Fault } from "./fault.js";

/** The command that the first words of a command line name, and the words after it. */
export function findCommand(words: readonly string[]): { readonly name: string; readonly rest: readonly string[] } {
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(" ");
    if (words.length >= length && Object.hasOwn(COMMANDS, name)) return { name, rest: words.slice(length) };
  }
  const group = Object.keys(COMMANDS).some((command) => command.startsWith(`${words[0] ?? ""} `));
  throw unknownCommand(group ? words.slice(0, 2).join(" ") : (words[0] ?? ""));
}

export function unknownCommand(name: string): Fault {
  const meant =
    didYouMean(name, Object.keys(COMMANDS)) ?? Object.keys(COMMANDS).find((command) => command.startsWith(`${name} `));
  return new Fault(
    `there is no command "${name}"`,
    meant === undefined ? "see: writ help" : `did you mean: writ ${meant}?`,
  );
}
