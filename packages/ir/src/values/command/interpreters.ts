import type { Word } from "./words.js";

// Not ksh or zsh: they have words of their own that run others (`noglob rm`, `repeat 3 rm`).
const SHELLS = new Set(["sh", "bash", "dash", "ash", "rbash"]);

/** Modules that `python -m` runs without code in its words. */
const MODULES = new Set([
  "pytest",
  "unittest",
  "pip",
  "venv",
  "mypy",
  "ruff",
  "black",
  "isort",
  "flake8",
  "build",
  "json.tool",
  "compileall",
  "http.server",
  "coverage",
]);

/** Options before a script file that bring no code of their own. */
const HARMLESS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["python", new Set(["-u", "-B", "-E", "-s", "-S", "-I", "-O", "-OO", "-q"])],
  ["node", new Set(["--test", "--enable-source-maps", "--no-warnings"])],
  ["deno", new Set<string>()],
  ["perl", new Set(["-w", "-T", "-t"])],
  ["ruby", new Set(["-w"])],
  ["php", new Set(["-n"])],
  ["lua", new Set<string>()],
  ["luajit", new Set<string>()],
  ["Rscript", new Set(["--vanilla"])],
  ["java", new Set(["-jar"])],
]);

const ASKS = new Set(["--version", "-v", "-V", "--help", "-h"]);

/** Whether a program (its name without folder) is a shell that reads this grammar, near enough to be followed. */
export function isShell(name: string): boolean {
  return SHELLS.has(name);
}

/** The text of `sh -c TEXT`; undefined for every other use of a shell: a script file, standard input, an option not known. */
export function shellCode(words: readonly Word[]): string | undefined {
  for (const [i, { text }] of words.entries()) {
    if (text === undefined || !/^-[ceuxl]+$/.test(text)) return undefined;
    if (text.includes("c")) {
      const code = words[i + 1]?.text;
      // A further option may stand between `-c` and its text.
      return code === undefined || /^[-+]/.test(code) ? undefined : code;
    }
  }
  return undefined;
}

/** The family of an interpreter: `python` of `python3.12`; undefined for other programs. */
export function interpreterOf(name: string): string | undefined {
  const family = name === "rscript" ? "Rscript" : name.replace(/(?:js)?[\d.]*$/, "").replace(/^pypy$/, "python");
  return HARMLESS.has(family) ? family : undefined;
}

/** Whether an interpreter's words bring code with them (`-c`, `-e`, `-r`), or none at all, so that it reads standard input. */
export function bringsCode(family: string, words: readonly Word[]): boolean {
  if (words.length === 1 && ASKS.has(words[0]?.text ?? "")) return false;
  for (const [i, { text }] of words.entries()) {
    if (text === undefined) return true;
    if (text === "-m" && family === "python") return !MODULES.has(words[i + 1]?.text ?? "");
    if (!text.startsWith("-") && text !== "")
      return family === "deno" && ["eval", "repl", "x", "task", "install"].includes(text);
    if (HARMLESS.get(family)?.has(text) !== true) return true;
    // `node --test` finds its files itself.
    if (text === "--test")
      return words.length > 1 && words.some((word) => word.text === undefined || /^-(?!-test$)/.test(word.text));
  }
  return true;
}
