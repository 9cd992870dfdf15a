import { parseCommand, type Command } from "@writ/ir/values";
import { textAt } from "../json-lines.js";
import { figure, Tally, type Comparison } from "./comparison.js";

/** Programs that only look, as a policy for a reading agent would list them. */
const LOOKING: ReadonlySet<string> = new Set(
  "basename cat cd cmp date diff dirname echo false file head ls md5sum printf pwd seq sha256sum sleep stat tac tail tr true uname wc whoami".split(
    " ",
  ),
);

/** Shell commands labelled dangerous, benign or of documents: which does a policy let by that admits programs that only look? */
export function compareCommands(rows: readonly object[]): Comparison {
  const tally = new Tally();
  const dangers = { kept: 0, of: 0 };
  const sure = new Map<string, { known: number; of: number }>();
  for (const row of rows) {
    const [text, label] = [textAt(row, "cmd") ?? "", textAt(row, "label") ?? ""];
    const dangerous = label === "dangerous";
    const read = parseCommand(text);
    const counts = sure.get(label) ?? { known: 0, of: 0 };
    sure.set(label, {
      known: counts.known + (read.ok && read.command.programs !== undefined ? 1 : 0),
      of: counts.of + 1,
    });
    const admitted = read.ok && looks(read.command);
    if (dangerous) {
      dangers.of += 1;
      dangers.kept += admitted ? 0 : 1;
    }
    const how = read.ok ? nameOf(read.command) : `refused: ${read.message}`;
    if (dangerous)
      tally.add(
        admitted ? "looser" : "agrees",
        admitted ? "dangerous, and only looks" : `dangerous, not admitted: ${how}`,
        text,
      );
    else
      tally.add(
        admitted ? "agrees" : "stricter",
        admitted ? "benign, and only looks" : `benign, not admitted: ${how}`,
        text,
      );
  }
  return tally.comparison(
    "shell_commands",
    "Command: a policy that admits what surely only looks (26 programs, no file written, nothing dynamic)",
    [
      figure("dangerous commands not admitted", dangers.kept, dangers.of),
      ...[...sure].map(([label, { known, of }]) => figure(`${label}: all programs known`, known, of)),
    ],
  );
}

function looks({ programs, dynamic, writes }: Command): boolean {
  return programs !== undefined && programs.every((name) => LOOKING.has(name)) && !dynamic && writes?.length === 0;
}

function nameOf({ programs, dynamic }: Command): string {
  if (programs === undefined) return "programs not known for sure";
  if (dynamic) return "words not known before it runs";
  return programs.every((name) => LOOKING.has(name)) ? "files not known, or written" : "other programs";
}

// Words and nothing that a shell reads otherwise, joined by what joins commands.
const WORDS = "[\\w./:=,@+%-]+(?: +[\\w./:=,@+%-]+)*";
const PLAIN = new RegExp(`^ *${WORDS}(?: *(?:\\|\\|?|&&|;) *${WORDS})* *$`);
const ASSIGNMENT = /^\w+\+?=/;
const RESERVED =
  /(?:^|[|&;]) *(?:if|then|else|elif|fi|do|done|case|esac|while|until|for|select|function|coproc|time)\b/;

/**
 * The same commands where they are so plain that splitting them at `|`, `&&`, `||` and `;` says which programs run: each
 * has to stand among those that are read.
 */
export function comparePrograms(rows: readonly object[]): Comparison {
  const tally = new Tally();
  for (const row of rows) {
    const text = textAt(row, "cmd") ?? "";
    if (!PLAIN.test(text) || RESERVED.test(text)) continue;
    const first = text.split(/\|\|?|&&|;/).map((part) =>
      part
        .trim()
        .split(/ +/)
        .find((word) => !ASSIGNMENT.test(word)),
    );
    const read = parseCommand(text);
    const programs = read.ok ? read.command.programs : undefined;
    if (programs === undefined) tally.add("stricter", "its programs are not known for sure", text);
    else if (first.every((name) => name === undefined || programs.includes(name)))
      tally.add("agrees", "every program is named", text);
    else tally.add("looser", "a program is missing", text);
  }
  return tally.comparison(
    "shell_commands (plain ones)",
    "Command.programs: is each program of a plain pipeline among them?",
  );
}
