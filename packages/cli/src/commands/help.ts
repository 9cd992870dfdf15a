import type { OptionTable } from "../arguments.js";
import type { Run } from "../command.js";
import { COMMANDS } from "../commands.js";
import { EXIT } from "../exit-codes.js";
import { unknownCommand } from "../find-command.js";
import { columns } from "../output/text.js";

/** `writ help [COMMAND]`. */
export const run: Run = async (args, streams) => {
  const name = args.files.join(" ");
  await streams.out(name === "" ? overview() : about(name));
  return EXIT.ok;
};

/** All commands, a line each. */
export function overview(): string {
  const rows = Object.entries(COMMANDS).map(([name, { takes, summary }]) => [
    `writ ${name} ${takes.most > 2 ? `${takes.what}...` : takes.what}`,
    summary,
  ]);
  return `writ: begins, checks, tests, lays out and compiles policies, verifies audit logs

${columns(rows, 2)}

FILE is a .policy file, or - for standard input. writ help COMMAND tells more; writ --version gives the version.
Exit codes: 0 ok, 1 the tool could not do its work, 2 the answer is no (a test
failed, a log does not verify, a file is not laid out), 3 a policy has errors.
`;
}

/** One command and its options. */
export function about(name: string): string {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) throw unknownCommand(name);
  const options: OptionTable = { ...command.options, help: { short: "h", about: "this text" } };
  const rows = Object.entries(options).map(([option, { short, value, choices, about: text }]) => [
    `${short === undefined ? "" : `-${short}, `}--${option}${value === undefined ? "" : ` ${value}`}${choices === undefined ? "" : `[=${choices.join("|")}]`}`,
    text,
  ]);
  return `${command.usage}\n\n${command.summary}\n\n${columns(rows, 2)}\n`;
}
