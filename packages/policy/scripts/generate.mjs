// Writes docs/diagnostics.md, the list of all diagnostics, from the catalogue. With --check it writes nothing and fails
// where the file is stale. What the checker says of each example is what it says now: the examples are compiled.
import { readFileSync, writeFileSync } from "node:fs";
import { CATALOG, CODES, compile, memoryHost } from "../dist/index.js";

const GROUPS = [
  [/^E0/, "Text and syntax"],
  [/^E1/, "Names and types"],
  [/^[EW]2/, "Logic: rules that cannot do what they say"],
  [/^[EW]3/, "Flows: data that can leave, outsiders who can steer"],
  [/^[EW]4/, "Isolation"],
  [/^[EW]5/, "Imports, locks and tags"],
  [/./, "Others"],
];

/** Characters that a reader would not see, or that would change how the page reads, are written as escapes. */
const visible = (text) => text.replace(/[^\P{C}\n]|[\u2028\u2029]/gu, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);

function fenced(info, text) {
  const ticks = "`".repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return `${ticks}${info}\n${visible(text).trimEnd()}\n${ticks}`;
}

/** The line of the list for a code: what is wrong here and what helps, as the checker says it of the example. */
async function section(code) {
  const { severity, title, explanation, example } = CATALOG[code];
  const file = "example.policy";
  const { diagnostics } = await compile(file, memoryHost({ [file]: example }));
  const shown = diagnostics.find((one) => one.code === code);
  const said = shown && [
    `${shown.span.line}:${shown.span.column}: ${severity}[${code}]: ${shown.message}`,
    ...(shown.suggestion === undefined ? [] : [`  did you mean \`${shown.suggestion}\`?`]),
    ...(shown.help === undefined ? [] : [`  help: ${shown.help}`]),
  ];
  // `mistaken` keeps the tests that compile every whole policy of the documents away from these.
  return [
    `### ${code}: ${title}`,
    `${severity === "error" ? "Error" : "Warning"}. ${visible(explanation)}`,
    fenced("policy mistaken", example),
    ...(said ? [fenced("text", said.join("\n"))] : []),
  ].join("\n\n");
}

const left = new Set(CODES);
const parts = [];
for (const [pattern, name] of GROUPS) {
  const codes = [...left].filter((code) => pattern.test(code));
  if (codes.length === 0) continue;
  const sections = [];
  for (const code of codes) {
    left.delete(code);
    sections.push(await section(code));
  }
  parts.push(`## ${name}`, ...sections);
}

const errors = CODES.filter((code) => CATALOG[code].severity === "error").length;
const page = `<!-- Made by packages/policy/scripts/generate.mjs from the catalogue of diagnostics; do not edit. -->

# What the checker says

${CODES.length} diagnostics: ${errors} errors and ${CODES.length - errors} warnings. \`writ explain CODE\` prints the same in a terminal. An error
blocks the build; \`writ check --deny warnings\` (or \`--deny W202,W203\`) makes warnings errors; nothing makes an error a
warning. Under each example stands what the checker says of it today.

${parts.join("\n\n")}
`;

const path = new URL("../../../docs/diagnostics.md", import.meta.url);
let before;
try {
  before = readFileSync(path, "utf8");
} catch {
  before = undefined; // not there yet
}
if (before !== page) {
  if (process.argv.includes("--check")) {
    console.error("docs/diagnostics.md is stale: run `npm run generate`");
    process.exitCode = 1;
  } else writeFileSync(path, page);
}
