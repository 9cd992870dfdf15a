import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { runs } from "./runs.js";
import { equalPrograms, MAX_COMMAND, parseCommand, type Command } from "../src/values/command/index.js";
import { loadCommandParserFromPackages } from "../src/values/node/command-parser.js";

beforeAll(loadCommandParserFromPackages);

function command(text: string): Command {
  const reading = parseCommand(text);
  if (!reading.ok) throw new Error(reading.message);
  return reading.command;
}

describe("programs that are seen", () => {
  test.each<[string, string[]]>([
    ["npm test", ["npm"]],
    ["  npm\ttest  ", ["npm"]],
    ["/bin/rm -rf /", ["/bin/rm"]],
    ["r''m x", ["rm"]],
    ['r"m" x', ["rm"]],
    ["\\rm x", ["rm"]],
    ["'r'\"m\" x", ["rm"]],
    ["r\\m x", ["rm"]],
    ["ls; rm x", ["ls", "rm"]],
    ["ls;rm x", ["ls", "rm"]],
    ["ls\nrm x", ["ls", "rm"]],
    ["ls & rm x", ["ls", "rm"]],
    ["ls && rm x", ["ls", "rm"]],
    ["ls || rm x", ["ls", "rm"]],
    ["ls | rm x", ["ls", "rm"]],
    ["ls # rm a\nrm x", ["ls", "rm"]],
    ["echo a#b; rm x", ["echo", "rm"]],
    ["(rm x)", ["rm"]],
    ["{ rm x; }", ["rm"]],
    ["! rm x", ["rm"]],
    ["if true; then rm x; else ls; fi", ["true", "rm", "ls"]],
    ["while true; do rm x; done", ["true", "rm"]],
    ["for f in a b; do rm x; done", ["rm"]],
    ["case a in a) rm x;; *) ls;; esac", ["rm", "ls"]],
    ["f() { rm x; }; f", ["rm", "f"]],
    ["echo $(rm x)", ["rm", "echo"]],
    ["echo `rm x`", ["rm", "echo"]],
    ['echo "a $(rm x) b"', ["rm", "echo"]],
    ["cat <(rm x)", ["rm", "cat"]],
    ["a=$(rm x)", ["rm"]],
    ["cat > $(rm x)", ["cat", "rm"]],
    ["cat <<< $(rm x)", ["rm", "cat"]],
    ["> out rm x", ["rm"]],
    ["rm x 2>&-", ["rm"]],
    [">&- rm x", ["rm"]],
    ["env rm x", ["env", "rm"]],
    ["env -i CI=1 rm x", ["env", "rm"]],
    ["env -C /x -- rm x", ["env", "rm"]],
    ["nohup rm x &", ["nohup", "rm"]],
    ["time -p rm x", ["time", "rm"]],
    ["timeout -k 5 -s KILL 10 rm x", ["timeout", "rm"]],
    ["nice -n 5 rm x", ["nice", "rm"]],
    ["ionice -c2 rm x", ["ionice", "rm"]],
    ["setsid -f rm x", ["setsid", "rm"]],
    ["stdbuf -oL rm x", ["stdbuf", "rm"]],
    ["command -p rm x", ["command", "rm"]],
    ["builtin eval 'rm x'", ["builtin", "eval", "rm"]],
    ["exec rm x", ["exec", "rm"]],
    ["sudo -u root rm x", ["sudo", "rm"]],
    ["doas -u root rm x", ["doas", "rm"]],
    ["sudo nohup nice rm x", ["sudo", "nohup", "nice", "rm"]],
    ["chroot /x rm y", ["chroot", "rm"]],
    ["busybox rm x", ["busybox", "rm"]],
    ["xargs rm", ["xargs", "rm"]],
    ["ls | xargs -0 -n 1 rm", ["ls", "xargs", "rm"]],
    ["xargs -I{} cp {} /tmp", ["xargs", "cp"]],
    ["python -m pytest -q", ["python"]],
    ["find . -exec rm {} \\;", ["find", "rm"]],
    ["find . -execdir rm {} + -ok cp a b ';'", ["find", "rm", "cp"]],
    ["sh -c 'rm x'", ["sh", "rm"]],
    ["bash -ec 'ls; rm x'", ["bash", "ls", "rm"]],
    [`sh -c "sh -c 'rm x'"`, ["sh", "rm"]],
    ["eval 'rm x'", ["eval", "rm"]],
    ["eval rm x", ["eval", "rm"]],
    ["trap 'rm x' EXIT", ["trap", "rm"]],
    ["[ -f x ] && rm x", ["[", "rm"]],
    ["cat <<'EOF'\n$(ls)\nEOF\nrm x", ["cat", "rm"]],
    ["cat <<EOF && rm x\nhello\nEOF", ["cat", "rm"]],
    ["ls\\\n; rm x", ["ls", "rm"]],
    ["git add . && git commit -m 'a; b'", ["git"]],
    ["cd /x && make", ["cd", "make"]],
  ])("%j runs %j", (text, programs) => {
    expect(command(text).programs?.toSorted()).toEqual(programs.toSorted());
  });
});

describe("words that are not known are dynamic, the programs are known", () => {
  test.each<[string, string[]]>([
    ["ls *.ts", ["ls"]],
    ["ls [ab]", ["ls"]],
    ["ls a?", ["ls"]],
    ["ls {a,b}", ["ls"]],
    ["ls {1..9}", ["ls"]],
    ["ls ~", ["ls"]],
    ["ls ~/x", ["ls"]],
    ["ls $HOME", ["ls"]],
    ['ls "$HOME"', ["ls"]],
    ["ls ${HOME}", ["ls"]],
    ["ls ${x:-y}", ["ls"]],
    ["ls $(date)", ["date", "ls"]],
    ["ls $((1+2))", ["ls"]],
    ["ls $'a'", ["ls"]],
    ["cat < $x", ["cat"]],
    ["cat > *", ["cat"]],
    ["cat > /dev/tcp/1.2.3.4/80", ["cat"]],
    ["find . -delete", ["find"]],
    ["find . -fprint x", ["find"]],
    ["cat <<EOF\n$x\nEOF", ["cat"]],
    ["xargs", ["xargs"]],
  ])("%j", (text, programs) => {
    const { dynamic, programs: seen, args } = command(text);
    expect({ dynamic, programs: seen }).toEqual({ dynamic: true, programs });
    if (!/^cat|^find/.test(text)) expect(args).toBeUndefined();
  });
});

describe("members", () => {
  test.each<[string, Partial<Command>]>([
    [
      "npm test",
      { program: "npm", args: ["test"], flags: [], dynamic: false, pipes: 0, reads: undefined, writes: undefined },
    ],
    [
      "git push --force=x -fu origin -- -a",
      {
        program: "git",
        args: ["push", "--force=x", "-fu", "origin", "--", "-a"],
        flags: ["--force", "-fu", "-f", "-u", "-a"],
      },
    ],
    ["ls; rm x", { program: undefined }],
    ["git add . && git commit", { program: "git" }],
    ["cat a b | wc -l > c 2>> d", { reads: ["a", "b"], writes: ["c", "d"], pipes: 1, dynamic: false }],
    ["cat < in", { reads: ["in"], writes: [] }],
    ["cp -r a b", { reads: ["a"], writes: ["b"] }],
    ["mv a b", { writes: ["a", "b"] }],
    ["rm -rf /x", { writes: ["/x"] }],
    ["echo hi &> out", { writes: ["out"] }],
    ["echo hi 2>&1", { writes: [], dynamic: false }],
    ["ls > f -la", { args: ["-la"], writes: ["f"] }],
    ["cd /etc; echo x > passwd", { writes: undefined, dynamic: false }],
    ["cd /etc; echo x > /tmp/y", { writes: ["/tmp/y"] }],
    ["cat() { npm x; }; cat a", { writes: undefined }],
    ["npm run x > out", { writes: undefined }],
    ["cp -t b a", { writes: undefined }],
    ["cat <<'EOF' > f\n`rm x` $y\nEOF", { writes: ["f"], programs: ["cat"], dynamic: false }],
    ['echo \'a b\' "c \\" d" e\\ f', { args: ["a b", 'c " d', "e f"] }],
    ["sh -c 'rm x'", { args: ["-c", "rm x", "x"] }],
    ["a | b |& c", { pipes: 2 }],
    ["NODE_ENV=test npm test", { programs: ["npm"], dynamic: false }],
    ["eval ls", { dynamic: true }],
  ])("%j", (text, members) => {
    expect(command(text)).toMatchObject(members);
  });

  test("a program with a folder compares unknown to its bare name", () => {
    expect(equalPrograms("rm", "rm")).toBe(true);
    expect(equalPrograms("/bin/rm", "rm")).toBeUndefined();
    expect(equalPrograms("./rm", "/bin/rm")).toBeUndefined();
    expect(equalPrograms("RM", "rm")).toBeUndefined();
    expect(equalPrograms("rmdir", "rm")).toBe(false);
  });
});

describe("hostile text", () => {
  test.each(["a\0b", "a\ud800", "x".repeat(MAX_COMMAND + 1)])("refuses %#", (text) => {
    expect(parseCommand(text).ok).toBe(false);
  });

  test.each([
    "(",
    "$(",
    "`",
    '"',
    "'",
    "{ ",
    "[[ ( ",
    "<<a\n",
    "<<a ",
    "a|",
    "a&&",
    "a;",
    "${a:-",
    "$((",
    "case a in ",
    "if a;then ",
    "<(",
    "a[$(",
    "\\",
    "\u{1F600}",
    "! ",
    "sh -c ",
    "eval ",
    "f(){ ",
    "f()( ",
  ])("%j repeated ends, and the parser lives on", { timeout: 60_000 }, (part) => {
    for (const end of ["", ")", "\n", "}"]) {
      const text = (part.repeat(Math.floor(MAX_COMMAND / part.length / 2)) + end.repeat(MAX_COMMAND)).slice(
        0,
        MAX_COMMAND,
      );
      expect(command(text)).toMatchObject({ text });
    }
    expect(command("npm test").programs).toEqual(["npm"]);
  });

  const PARTS = [
    "a",
    "rm x",
    "ls",
    " ",
    "\n",
    ";",
    "&&",
    "|",
    "&",
    "'",
    '"',
    "\\",
    "#",
    "$(",
    ")",
    "`",
    "(",
    "{ ",
    "; }",
    ">",
    "<",
    "<<E\n",
    "\nE\n",
    "<<<",
    "$x",
    "${x}",
    "{a,b}",
    "*",
    "~",
    "=",
    "if ",
    "; then ",
    "; fi",
    "[[ ",
    " ]]",
    "\t",
    "\r",
    "eval ",
    "env ",
    "sh -c ",
    "$'",
    '$"',
    "&>",
    "2>&1",
    "é",
    "\0",
  ];

  test("no text makes it throw, and the same text gives the same value", { timeout: 60_000 }, () => {
    const texts = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(fc.constantFrom(...PARTS), { maxLength: 12 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const first = parseCommand(text);
        expect(parseCommand(text)).toEqual(first);
        if (first.ok && first.command.programs === undefined) expect(first.command.dynamic).toBe(true);
      }),
      { numRuns: runs(2000, "slow") },
    );
  });

  test("a quoted word means itself", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }).filter((word) => !/[\p{Cc}]/u.test(word)),
        (word) => {
          expect(command(`echo '${word.replaceAll("'", `'\\''`)}'`)).toMatchObject({
            programs: ["echo"],
            args: [word],
            dynamic: false,
          });
        },
      ),
    );
  });
});
