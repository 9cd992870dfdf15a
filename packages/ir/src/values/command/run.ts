import { carriesCommand } from "./carriers.js";
import { readFind } from "./find.js";
import type { Found } from "./found.js";
import { gitCarriesCommand } from "./git.js";
import { bringsCode, interpreterOf, isShell, shellCode } from "./interpreters.js";
import { isScripted, scriptRuns } from "./scripts.js";
import { isInertVariable } from "./variables.js";
import type { Word } from "./words.js";
import { isWrapper, unwrap } from "./wrappers.js";

const RESERVED = new Set([
  "if",
  "then",
  "else",
  "elif",
  "fi",
  "do",
  "done",
  "case",
  "esac",
  "while",
  "until",
  "for",
  "select",
  "function",
  "in",
  "{",
  "}",
  "!",
  "[[",
  "]]",
  "((",
  "coproc",
]);
const UNKNOWN: Word = { text: undefined, bare: false };

/** Reads shell text that stands inside an argument (`sh -c`, `eval`, `trap`). */
export type ReadCode = (code: string) => void;

/** Records a simple command and every program that its words start. */
export function run(words: readonly Word[], found: Found, readCode: ReadCode, depth = 0): void {
  const [first, ...rest] = words;
  if (first === undefined) return;
  if (first.text === undefined || first.text === "" || (first.bare && RESERVED.has(first.text)) || depth > 16) {
    found.unsure = true;
    return;
  }
  found.program(
    first.text,
    rest.map((word) => word.text),
  );
  const name = bareName(first.text);
  if (isWrapper(name)) runWrapped(name, rest, found, readCode, depth);
  else if (isShell(name)) withCode(shellCode(rest), found, readCode);
  else if (name === "eval") {
    found.dynamic = true;
    withCode(joined(rest[0]?.text === "--" ? rest.slice(1) : rest), found, readCode);
  } else if (name === "trap") runTrap(rest, found, readCode);
  else if (name === "find" || name === "gfind") runFind(rest, found, readCode, depth);
  else if (runsUnseen(name, rest)) found.unsure = true;
}

/**
 * The name by which a program is looked up in the tables: without folder, `.exe` and case. Macs and Windows find
 * `RM` too, and being in a table only ever makes less known.
 */
function bareName(text: string): string {
  return text
    .slice(text.lastIndexOf("/") + 1)
    .toLowerCase()
    .replace(/\.exe$/, "");
}

function runsUnseen(name: string, words: readonly Word[]): boolean {
  if (name === "git") return gitCarriesCommand(words);
  if (isScripted(name)) return scriptRuns(name, words);
  const family = interpreterOf(name);
  return family === undefined ? carriesCommand(name, words) : bringsCode(family, words);
}

function runWrapped(name: string, words: readonly Word[], found: Found, readCode: ReadCode, depth: number): void {
  const inner = unwrap(name, words);
  // `time { ...; }`: the grammar takes the shell's own keyword for a program.
  if (inner === undefined || inner.variables.some((variable) => !isInertVariable(variable))) {
    found.unsure = true;
    return;
  }
  if (inner.appends) found.unknownArgument();
  if (inner.words.length > 0) run(inner.appends ? [...inner.words, UNKNOWN] : inner.words, found, readCode, depth + 1);
}

function withCode(code: string | undefined, found: Found, readCode: ReadCode): void {
  if (code === undefined) found.unsure = true;
  else readCode(code);
}

function joined(words: readonly Word[]): string | undefined {
  let code = "";
  for (const { text } of words) {
    if (text === undefined) return undefined;
    code += `${text} `;
  }
  return code.trimEnd();
}

function runTrap(words: readonly Word[], found: Found, readCode: ReadCode): void {
  const [code, ...signals] = words[0]?.text === "--" ? words.slice(1) : words;
  if (code === undefined || code.text === "-" || code.text === "") return;
  if (signals.length === 0 || code.text?.startsWith("-") === true) found.unsure = true;
  else withCode(code.text, found, readCode);
}

function runFind(words: readonly Word[], found: Found, readCode: ReadCode, depth: number): void {
  const find = readFind(words);
  if (find === undefined) {
    found.unsure = true;
    return;
  }
  // What it deletes or hands on is not known before it has looked.
  if (find.changes) found.dynamic = true;
  for (const command of find.commands) run(command, found, readCode, depth + 1);
}
