/** Which operands of a program are files that it reads or writes. */
interface Files {
  readonly reads?: "all";
  readonly writes?: "all" | "last";
  /** Letters of options without a value; with any other option the files are not known. */
  readonly flags: string;
  readonly long?: readonly string[];
}

const NONE: Files = { flags: "" };

const PROGRAMS: ReadonlyMap<string, Files> = new Map<string, Files>([
  ["cat", { reads: "all", flags: "AbeEnstTuv" }],
  ["tac", { reads: "all", flags: "" }],
  ["head", { reads: "all", flags: "qv0123456789" }],
  ["tail", { reads: "all", flags: "qvfF0123456789" }],
  ["wc", { reads: "all", flags: "clmwL" }],
  ["ls", { reads: "all", flags: "1aAdFhilLnoprRsStuUx" }],
  ["stat", { reads: "all", flags: "Lft" }],
  ["file", { reads: "all", flags: "bhiL" }],
  ["md5sum", { reads: "all", flags: "bt" }],
  ["sha256sum", { reads: "all", flags: "bt" }],
  ["diff", { reads: "all", flags: "abBiqrsuwy" }],
  ["cmp", { reads: "all", flags: "bls" }],
  ["touch", { writes: "all", flags: "acm" }],
  ["mkdir", { writes: "all", flags: "pv", long: ["--parents", "--verbose"] }],
  ["rmdir", { writes: "all", flags: "pv" }],
  ["rm", { writes: "all", flags: "dfiIrRv", long: ["--recursive", "--force", "--verbose", "--dir", "--interactive"] }],
  ["unlink", { writes: "all", flags: "" }],
  ["tee", { writes: "all", flags: "ai" }],
  ["cp", { reads: "all", writes: "last", flags: "afiLnpPrRuvx" }],
  ["mv", { reads: "all", writes: "all", flags: "finuv" }],
]);

/** Programs that read and write no file that their words name, whatever the words are. */
const FILELESS = new Set([
  "echo",
  "true",
  "false",
  ":",
  "pwd",
  "sleep",
  "exit",
  "return",
  "break",
  "continue",
  "whoami",
  "uname",
  "printf",
  "cd",
  "export",
  "unset",
  "wait",
  "seq",
  "basename",
  "dirname",
  "tr",
  "kill",
]);

export interface FilesOf {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

/**
 * The files that a well-known program reads and writes by its operands, as written; undefined where that is not
 * sure: another program, or an option beyond the plainest. What `find`, `tar` or `npm` touch is not guessed.
 */
export function filesOf(name: string, words: readonly string[]): FilesOf | undefined {
  const files = FILELESS.has(name) ? NONE : PROGRAMS.get(name);
  if (files === undefined) return undefined;
  if (files === NONE) return { reads: [], writes: [] };
  const operands: string[] = [];
  let options = true;
  for (const word of words) {
    if (options && word === "--") options = false;
    else if (options && word.startsWith("-") && word !== "-") {
      const known = word.startsWith("--")
        ? files.long?.includes(word) === true
        : word
            .slice(1)
            .split("")
            .every((letter) => files.flags.includes(letter));
      if (!known) return undefined;
    } else if (word !== "-") operands.push(word);
  }
  // `cat` alone reads what it is given, `ls` alone the folder where it runs.
  if (name === "ls" && operands.length === 0) operands.push(".");
  const last = operands.at(-1);
  return {
    reads: files.reads === undefined ? [] : files.writes === "last" ? operands.slice(0, -1) : operands,
    writes: files.writes === "all" ? operands : files.writes === "last" && last !== undefined ? [last] : [],
  };
}
