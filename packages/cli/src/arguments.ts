import { parseArgs } from "node:util";
import { didYouMean } from "./did-you-mean.js";
import { Fault } from "./fault.js";

/** An option of a command. With `value` (the word that stands for it in the help) it takes one. */
export interface OptionSpec {
  readonly short?: string;
  readonly value?: string;
  /** Words that may stand behind a `=`, of an option that is otherwise a flag. */
  readonly choices?: readonly string[];
  readonly about: string;
}

export type OptionTable = Readonly<Record<string, OptionSpec>>;

/** A command line, read. */
export interface Arguments {
  readonly files: readonly string[];
  flag(name: string): boolean;
  value(name: string): string | undefined;
}

/**
 * Reads the words after a command's name. Throws a {@link Fault} for an option the command does not have, one without
 * the value it takes, and one given twice: nothing that was asked for is silently left out.
 */
export function readArguments(command: string, words: readonly string[], options: OptionTable): Arguments {
  const { tokens } = parseArgs({
    args: [...words],
    allowPositionals: true,
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(options).map(([name, spec]) => [
        name,
        {
          type: spec.value === undefined ? ("boolean" as const) : ("string" as const),
          ...(spec.short === undefined ? {} : { short: spec.short }),
        },
      ]),
    ),
  });
  const files: string[] = [];
  const given = new Map<string, string | undefined>();
  for (const token of tokens) {
    if (token.kind === "positional") files.push(token.value);
    if (token.kind !== "option") continue;
    const spec = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (spec === undefined) throw unknownOption(command, token.rawName, options);
    if (given.has(token.name)) throw new Fault(`${token.rawName} is given twice`);
    if (spec.value === undefined && token.value !== undefined)
      checkChoice(token.rawName, token.value, spec.choices ?? []);
    if (spec.value !== undefined) checkValue(token, spec.value);
    given.set(token.name, token.value);
  }
  return { files, flag: (name) => given.has(name), value: (name) => given.get(name) };
}

function checkChoice(name: string, value: string, choices: readonly string[]): void {
  if (choices.length === 0) throw new Fault(`${name} takes no value`);
  if (!choices.includes(value))
    throw new Fault(`${name} takes no value but ${choices.join(", ")}`, `for instance ${name}=${choices[0] ?? ""}`);
}

function checkValue(
  token: {
    readonly name: string;
    readonly rawName: string;
    readonly value?: string | undefined;
    readonly inlineValue?: boolean | undefined;
  },
  what: string,
): void {
  const { name, rawName, value } = token;
  if (value === undefined || value === "") throw new Fault(`${rawName} needs a value: ${rawName} ${what}`);
  if (token.inlineValue !== true && value.length > 1 && value.startsWith("-")) {
    throw new Fault(
      `${rawName} needs a value: ${rawName} ${what}`,
      `a value that begins with a dash is written --${name}=${value}`,
    );
  }
}

function unknownOption(command: string, name: string, options: OptionTable): Fault {
  const meant = didYouMean(name.replace(/^-+/, ""), Object.keys(options));
  return new Fault(
    `writ ${command} has no option ${name}`,
    meant === undefined ? `see: writ help ${command}` : `did you mean --${meant}?`,
  );
}
