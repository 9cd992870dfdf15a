import type { IParserErrorMessageProvider, IToken, TokenType } from "chevrotain";
import { CLAUSE_WORDS, key, Name, OPERATOR_WORDS, sign } from "./tokens.js";

const EXPRESSION = "an expression";
const NOUNS: ReadonlyMap<string, string> = new Map([
  ["clause", "a clause"],
  ["attribute", "a tool attribute (effect, risk, labels, readers, sink, steer, network, undo, pin, lowers)"],
  ["tierItem", "a tier setting (isolate, network, read, write, env, time, memory, output, cpu, processes, approve)"],
  ["statement", "a test statement (as, said, given, at, wait, call)"],
  ["declaration", "a declaration or rule"],
  ["primary", EXPRESSION],
  ["path", EXPRESSION],
  ["predicate", EXPRESSION],
  ["conjunction", EXPRESSION],
  ["negation", EXPRESSION],
  ["type", "a type"],
  ["target", "a target"],
  ["quantity", "what the limit counts"],
  ["limit", "what the limit counts"],
  ["proof", "never allow …, never … reach …, some allow … or A refines B"],
  ["comparisonTail", "a comparison"],
  ["operator", "a comparison"],
  ["call", "allow, ask or forbid"],
  ["flow", "forbid, ask or raise"],
]);
const INNER: ReadonlyMap<string, string> = new Map([
  ["block", "a clause"],
  ["tool", NOUNS.get("attribute") ?? ""],
  ["tier", NOUNS.get("tierItem") ?? ""],
  ["test", NOUNS.get("statement") ?? ""],
  ["record", "a field"],
]);
const IN_EXPRESSIONS: ReadonlySet<string> = new Set(["primary", "path", "predicate", "negation", "conjunction"]);

/** A token as a message shows it: short, and never with control characters of its own. */
export function shown(token: IToken): string {
  if (token.image === "") return "the end of the file";
  return `\`${token.image.length > 40 ? `${token.image.slice(0, 40)}…` : token.image}\``;
}

function isReserved(token: IToken): boolean {
  return CLAUSE_WORDS.has(token.image) || OPERATOR_WORDS.has(token.image);
}

function label(type: TokenType | undefined): string {
  return type === undefined
    ? "something else"
    : type.name === "EOF"
      ? "the end of the file"
      : (type.LABEL ?? type.name);
}

/** What the parser says, in words of the language rather than of the grammar. */
export const syntaxMessages: IParserErrorMessageProvider = {
  buildMismatchTokenMessage({ expected, actual, ruleName }) {
    const inner = expected === sign("}") ? INNER.get(ruleName) : undefined;
    const wanted = inner === undefined ? label(expected) : `${inner} or \`}\``;
    const reserved = expected === Name && isReserved(actual) ? reservedHint(actual) : "";
    const grow = expected === key("requester") ? " (only the requester can be excepted)" : "";
    return `expected ${wanted}, found ${shown(actual)}${reserved}${grow}`;
  },
  buildNotAllInputParsedMessage({ firstRedundant }) {
    return `expected a declaration or rule, found ${shown(firstRedundant)}`;
  },
  buildNoViableAltMessage({ expectedPathsPerAlt, actual, ruleName }) {
    const token = actual[0];
    const firsts = [...new Set(expectedPathsPerAlt.flat().map((path) => label(path[0])))];
    const wanted = NOUNS.get(ruleName) ?? firsts.slice(0, 8).join(" or ");
    if (token === undefined) return `expected ${wanted}`;
    const reserved = IN_EXPRESSIONS.has(ruleName) && isReserved(token) ? reservedHint(token) : "";
    return `expected ${wanted}, found ${shown(token)}${reserved}`;
  },
  buildEarlyExitMessage({ expectedIterationPaths, actual, ruleName }) {
    const token = actual[0];
    return `expected ${NOUNS.get(ruleName) ?? label(expectedIterationPaths[0]?.[0])}, found ${token === undefined ? "the end of the file" : shown(token)}`;
  },
};

function reservedHint(token: IToken): string {
  return ` (a reserved word; an argument of that name is \`args.${token.image}\`)`;
}
