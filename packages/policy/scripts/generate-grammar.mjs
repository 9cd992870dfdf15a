// Writes spec/grammar.ebnf from the parser itself, so that the text of the language and what is parsed are one. With
// --check it writes nothing and fails where the file is stale.
import { readFileSync, writeFileSync } from "node:fs";
import { PolicyParser } from "../dist/syntax/parser.js";
import { CLAUSE_WORDS, KEYWORDS, OPERATOR_WORDS } from "../dist/syntax/tokens.js";

const check = process.argv.includes("--check");
const file = new URL("../../../spec/grammar.ebnf", import.meta.url);

/** Token classes, as spec/language.md names them. */
const CLASSES = new Map([
  ["Word", "WORD"],
  ["Name", "NAME"],
  ["Level", "LEVEL"],
  ["Currency", "CURRENCY"],
  ["Id", "NAME"],
  ["Str", "TEXT"],
  ["Num", "NUMBER"],
  ["Duration", "DURATION"],
  ["Size", "SIZE"],
  ["Instant", "INSTANT"],
  ["Handle", "HANDLE"],
]);
/** Productions that only name a token class. */
const INLINE = new Set(["name", "word", "string"]);

/** @param {{ type: string, name?: string, label?: string, definition?: any[], separator?: { label: string } }} node */
function show(node) {
  switch (node.type) {
    case "Terminal":
      return CLASSES.get(node.name ?? "") ?? `"${(node.label ?? "").replaceAll("`", "")}"`;
    case "NonTerminal":
      return node.name === "string"
        ? "TEXT"
        : INLINE.has(node.name ?? "")
          ? (node.name ?? "").toUpperCase()
          : (node.name ?? "");
    case "Alternation":
      return `(${(node.definition ?? []).map(sequence).join(" | ")})`;
    case "Option":
      return repeated(node, "?");
    case "Repetition":
      return repeated(node, "*");
    case "RepetitionMandatory":
      return repeated(node, "+");
    case "RepetitionMandatoryWithSeparator":
    case "RepetitionWithSeparator": {
      const item = sequence(node);
      const separator = `"${(node.separator?.label ?? "").replaceAll("`", "")}"`;
      const list = `${item} (${separator} ${item})*`;
      return node.type === "RepetitionWithSeparator" ? `(${list})?` : list;
    }
    default:
      throw new Error(`no notation for ${node.type}`);
  }
}

function repeated(node, sign) {
  const inner = sequence(node);
  const one = (node.definition ?? []).length === 1 && !/ /.test(inner);
  return one ||
    (inner.startsWith("(") &&
      (node.definition ?? [])[0]?.type === "Alternation" &&
      (node.definition ?? []).length === 1)
    ? `${inner}${sign}`
    : `(${inner})${sign}`;
}

function sequence(node) {
  return (node.definition ?? []).map(show).join(" ");
}

function production({ name, definition }) {
  const [only] = definition;
  if (definition.length === 1 && only.type === "Alternation")
    return `${name}\n  ::= ${only.definition.map(sequence).join("\n    | ")}`;
  return `${name} ::= ${sequence({ type: "Rule", definition })}`;
}

function wordList(title, list) {
  const words = [...list]
    .join(" ")
    .replaceAll(/(.{1,112})(?: |$)/g, "   $1\n")
    .trim();
  return `/* ${title}\n   ${words} */`;
}

const productions = new PolicyParser()
  .getSerializedGastProductions()
  .filter(({ name }) => !INLINE.has(name) && name !== "rest");
const order = [
  "file",
  "header",
  "use",
  "declaration",
  "annotation",
  "simple",
  "label",
  "shape",
  "fact",
  "tier",
  "tierItem",
  "tool",
  "attribute",
  "rule",
  "flow",
  "labelSets",
  "block",
  "clause",
  "limit",
  "quantity",
  "targets",
  "target",
];
const rank = (name) => (order.includes(name) ? order.indexOf(name) : order.length);
const sorted = productions
  .map((rule, i) => ({ rule, i }))
  .toSorted((a, b) => rank(a.rule.name) - rank(b.rule.name) || a.i - b.i);
const levels = ["trusted", "claimed", "named", "untrusted"];
const soft = [...KEYWORDS.keys()].filter(
  (word) => !OPERATOR_WORDS.has(word) && !CLAUSE_WORDS.has(word) && !levels.includes(word),
);

const text = `/* The grammar of Writ's policy language, version 1. Made from the parser by packages/policy/scripts/generate-grammar.mjs;
   do not edit. Notation: W3C EBNF. What a grammar of this kind cannot say (soft keywords, "from" before a level, where a
   field ends) is in language.md, sections 1 and 2. */

${sorted.map(({ rule }) => production(rule)).join("\n\n")}

${wordList("Operator words: WORD, and no NAME.", OPERATOR_WORDS)}

${wordList("Clause words: WORD, and no NAME.", CLAUSE_WORDS)}

${wordList("Integrity levels: LEVEL, NAME and WORD.", levels)}

${wordList("Soft words: keywords where the grammar has them in quotes, NAME and WORD everywhere.", soft)}
`;

let before;
try {
  before = readFileSync(file, "utf8");
} catch {
  before = undefined; // not there yet
}
if (before !== text) {
  if (check) {
    console.error("spec/grammar.ebnf is stale: run `npm run generate`");
    process.exit(1);
  }
  writeFileSync(file, text);
}
