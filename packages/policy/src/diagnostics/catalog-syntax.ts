import { entries, quote } from "./entry.js";

/** E0xx: the text of a file, before its names mean anything. */
export const SYNTAX = entries({
  E001: {
    severity: "error",
    title: "the file is too large",
    message: (d) => `the file is larger than ${d.number ?? 0} MB`,
    help: () => "split it into files that are joined by `use`; a policy is written and reviewed by people",
    explanation: "A policy file has at most 4 MB. The limit is checked before anything of the file is read as policy.",
    example: "# 4 MB of anything",
  },
  E002: {
    severity: "error",
    title: "the file is not UTF-8",
    message: (d) => `the file is not UTF-8 text: byte ${d.number ?? 0} is not part of a character`,
    help: () => "save it as UTF-8 without a byte-order mark",
    explanation:
      "Policies are UTF-8 text. A file in another encoding, or one that is no text, is refused whole rather than read with replaced characters.",
    example: "# a file saved as UTF-16",
  },
  E003: {
    severity: "error",
    title: "the file is not text",
    message: (d) => `the file is not text: ${d.reason ?? "it holds a NUL character"}`,
    help: () => "check that this is the file you meant; a policy ends in `.policy` and is plain UTF-8 text",
    explanation:
      "A NUL or another control character shows that the file is binary, or that something is hidden in it. Such a file is refused whole.",
    example: "# an image that is named agent.policy",
  },
  E004: {
    severity: "error",
    title: "the file is empty",
    message: () => "the file holds no policy",
    help: () => "begin with a header and a rule, for example `policy acme.support @ 1`",
    explanation: "A file with nothing but space and comments is refused: a guard does not start without a policy.",
    example: "# nothing here",
  },
  E005: {
    severity: "error",
    title: "something else was expected",
    message: (d) => d.reason ?? "this cannot be read",
    help: (d) => d.expected,
    explanation:
      "The text does not follow the grammar of the language. The message says what could stand here and what stands there. After the error the next declaration is read as usual.",
    example: "policy t @ 1\nallow a on x { whn user.mfa }",
  },
  E006: {
    severity: "error",
    title: "a character that begins nothing",
    message: (d) => `unexpected character ${quote(d.found)}`,
    help: (d) =>
      d.found === ";"
        ? "there are no semicolons: white space separates clauses"
        : d.found?.startsWith("'") === true
          ? "texts stand in double quotes"
          : undefined,
    explanation: "The character is part of no word, number, text or sign of the language.",
    example: "policy t @ 1\nlet a = 1;",
  },
  E007: {
    severity: "error",
    title: "a broken text",
    message: (d) => d.reason ?? "the text is broken",
    help: () => "texts stand in double quotes on one line, with the escapes of JSON",
    explanation:
      'A text ends on the line it begins on and has the escapes of JSON: `\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u0041`.',
    example: 'policy t @ 1\nlet a = "abc',
  },
  E008: {
    severity: "error",
    title: "an unknown unit",
    message: (d) => `${quote(d.found)} is no number, duration or size`,
    help: (d) => d.reason,
    explanation:
      "Durations are whole numbers of `ms s m h d`, sizes whole numbers of `KB MB GB` (powers of 1024), money a number and a currency with a space between them.",
    example: "policy t @ 1\nlet a = 10min",
  },
  E009: {
    severity: "error",
    title: "too deep",
    message: (d) => `this is nested or chained more than ${d.number ?? 0} deep`,
    help: () => "name parts of it with `let`, or write several rules",
    explanation:
      "Brackets nest at most 64 deep and a sum, product or path has at most 64 parts, so that every policy can be read, and read in bounded time.",
    example:
      "policy t @ 1\nlet a = ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))",
  },
  E010: {
    severity: "error",
    title: "no policy header",
    message: () => "a file begins with its name, `policy NAME @ VERSION`",
    help: () => "put `policy acme.support @ 1` above everything else; `use` lines stand directly below it",
    explanation:
      "The header names the policy in decisions, logs and proofs. It stands once and first; `use` stands directly below it.",
    example: "allow a on * { }",
  },
  E011: {
    severity: "error",
    title: "a reserved name",
    message: (d) => `${quote(d.name)} cannot name a ${d.what ?? "declaration"}`,
    help: (d) => d.reason,
    explanation:
      "Operator and clause words name no rule, role, label, type, let or fact, no label is called `by`, no role has the name of an integrity level, and no let has the name of what is always in scope.",
    example: "policy t @ 1\nlet user = 1",
  },
  E012: {
    severity: "error",
    title: "comparisons do not chain",
    message: () => "a comparison has two sides, this one has more",
    help: () => "join two comparisons with `and`, or use a range: `x in 1 .. 5`",
    explanation: "`a < b < c` means different things in different languages, so it means nothing in this one.",
    example: "policy t @ 1\nallow a on * { when 1 < 2 < 3 }",
  },
  E013: {
    severity: "error",
    title: "a name that is too long",
    message: (d) => `the name ${quote(d.found)} has more than ${d.number ?? 128} characters`,
    help: () => "choose a shorter name",
    explanation: "Names have at most 128 characters.",
    example: "policy t @ 1\n# let aaaa… = 1",
  },
  E014: {
    severity: "error",
    title: "a `use` out of place",
    message: () => "`use` stands directly below the header",
    help: () => "move it up: what a file takes from others is seen at its beginning",
    explanation:
      "All of a file's `use` lines stand directly below its header, so that a reader sees at once what it depends on.",
    example: "policy t @ 1\nlet a = [1]\nuse std.tiers",
  },
  E015: {
    severity: "error",
    title: "a name with letters outside ASCII",
    message: (d) => `the name ${quote(d.found)} holds characters outside A-Z, a-z, 0-9 and _`,
    help: () => "names are ASCII, because letters of other scripts can look the same; texts may hold any characters",
    explanation:
      "A Cyrillic `а` looks like a Latin `a`. A rule for `аdmin` would be read as one for `admin`. Names are therefore ASCII.",
    example: "policy t @ 1\nlet \u0430dmin = 1",
  },
  E016: {
    severity: "error",
    title: "hidden direction marks",
    message: (d) => `a direction or invisible character (${d.found ?? ""}) stands here`,
    help: () =>
      "remove it: it can make a line read differently from what it is; inside a text write it as an escape such as `\\u202e`",
    explanation:
      "Bidirectional controls and invisible characters make the text that a reviewer sees differ from the text that is compiled.",
    example: "policy t @ 1\n# \u202e hidden",
  },
});
