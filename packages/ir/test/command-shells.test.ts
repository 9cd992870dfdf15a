import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { parseCommand } from "../src/values/command/index.js";
import { loadCommandParserFromPackages } from "../src/values/node/command-parser.js";

beforeAll(loadCommandParserFromPackages);

/*
 * The judge of what a text runs is the shell. With an empty PATH every program is "not found": bash hands it with its
 * arguments to a function of ours, dash names it in its message. No path stands in the parts, so nothing real runs.
 */
const PARTS = [
  "a",
  "b",
  "rm x",
  "p q",
  " ",
  " ",
  " ",
  "\n",
  ";",
  "; ",
  " && ",
  " || ",
  " | ",
  "&",
  "& ",
  "'",
  '"',
  "'x y'",
  '"x y"',
  "\\",
  "\\\n",
  "\\ ",
  "#",
  "# ",
  "$(",
  "$(p q)",
  ")",
  "`",
  "`p q`",
  "(",
  ") ",
  "{ ",
  "; }",
  " > f ",
  " >> g",
  "<<E\n",
  "\nE\n",
  "<<'E'\nz $(k)\nE\n",
  "<<-E\n",
  "<<< ",
  "$x",
  "${x}",
  "$((1))",
  "{a,b}",
  "*",
  "~",
  "=",
  "x=1 ",
  "x=",
  "x+=",
  "if ",
  "; then ",
  "; fi",
  "for i in ",
  "; do ",
  "; done",
  "! ",
  "[ ",
  " ]",
  "[[ ",
  " ]]",
  "\t",
  "\r",
  "\v",
  "\f",
  "eval ",
  "case x in ",
  "a) ",
  ";; ",
  "esac",
  "2",
  "&> h ",
  ">& i",
  "f() ",
  "command ",
  "builtin ",
  "while ",
  "{",
  "}",
  "((",
  "))",
  "$",
  '$"',
  "$'",
  "<(",
  "|&",
  ">|",
  "\u00a0",
  "\u2003",
  "é",
  "!",
  "\\\n ",
  " \\\n",
  "E",
  '<<"E"\n',
  "<<\\E\n",
  "<<E | p\n",
  "10>j ",
  "2>&1 ",
  ">&-",
  ">&- ",
  "!'x'",
  'then"x"',
  "time ",
  "exec ",
  '"$(p)"',
  "'$(p)'",
  '# "\n',
  "#'\n",
];

const HANDLER = `() { printf '%s\\1' "$@" >> "$SEEN"; printf '\\2' >> "$SEEN"; }`;

function bash(text: string, folder: string): string[][] {
  const log = join(folder, "seen");
  spawnSync("bash", ["-c", 'PATH=/nonexistent; export PATH; exec "$BASH" -c "$1" shell', "x", text], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: "/nonexistent",
      SEEN: log,
      "BASH_FUNC_command_not_found_handle%%": HANDLER,
    },
    stdio: "ignore",
    timeout: 5000,
  });
  if (!existsSync(log)) return [];
  return readFileSync(log, "utf8")
    .split("\u0002")
    .filter((run) => run !== "")
    .map((run) => run.split("\u0001").slice(0, -1));
}

const hasBash = spawnSync("bash", ["-c", "exit 0"]).status === 0;

describe("against bash itself", () => {
  test.skipIf(!hasBash)("bash runs no program and writes no file that was not seen", { timeout: 120_000 }, () => {
    const all = mkdtempSync(join(tmpdir(), "command-"));
    try {
      const texts = fc
        .array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 9 })
        .map((parts) => `a ${parts.join("")}`);
      let judged = 0;
      const judge = (text: string): void => {
        const reading = parseCommand(text);
        if (!reading.ok || reading.command.programs === undefined) return;
        judged += 1;
        const { programs, args, writes, dynamic } = reading.command;
        // A folder for each: what runs in the background may write late.
        const folder = mkdtempSync(join(all, "text-"));
        for (const [program, ...words] of bash(text, folder)) {
          expect(programs).toContain(program);
          if (args !== undefined) for (const word of words) expect([...args, ...programs]).toContain(word);
        }
        if (writes !== undefined && !dynamic)
          for (const file of readdirSync(folder)) expect(["seen", ...writes]).toContain(file);
      };
      fc.assert(
        fc.property(texts, (text) => {
          try {
            judge(text);
          } catch {
            // Two that run in the background may write over each other's words; what bash really runs it runs again.
            judge(text);
          }
        }),
        { numRuns: 1500 },
      );
      expect(judged).toBeGreaterThan(0);
    } finally {
      rmSync(all, { recursive: true, maxRetries: 5 });
    }
  });
});

describe("third-party commands (a folder of corpora in WRIT_DATA)", () => {
  test("attacks are never surely harmless, everyday commands mostly are understood", ({ skip }) => {
    const file = join(process.env["WRIT_DATA"] ?? "", "corpora", "shell_commands.jsonl.gz");
    if (process.env["WRIT_DATA"] === undefined || !existsSync(file))
      return skip("WRIT_DATA names no folder with corpora/shell_commands.jsonl.gz");
    const everyday = { all: 0, programsKnown: 0 };
    for (const line of gunzipSync(readFileSync(file)).toString("utf8").trim().split("\n")) {
      const row: unknown = JSON.parse(line);
      if (
        typeof row !== "object" ||
        row === null ||
        !("cmd" in row) ||
        !("label" in row) ||
        typeof row.cmd !== "string"
      )
        throw new Error("the rows of the corpus changed");
      const reading = parseCommand(row.cmd);
      if (!reading.ok) continue;
      const { programs, dynamic } = reading.command;
      if (programs === undefined) expect(dynamic).toBe(true);
      // A coding agent's list of four: no command labelled dangerous may pass it unseen, but for what these programs do themselves.
      if (
        row.label === "dangerous" &&
        !dynamic &&
        programs?.every((program) => ["ls", "cat", "echo", "pwd"].includes(program)) === true
      )
        expect(row.cmd).not.toMatch(/[;|&`]|\$\(/);
      if (row.label === "benign_doc_example" || row.label === "benign") {
        everyday.all += 1;
        if (programs !== undefined) everyday.programsKnown += 1;
      }
    }
    expect(everyday.programsKnown / everyday.all).toBeGreaterThan(0.9);
  });
});
