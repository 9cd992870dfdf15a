import type { IToken } from "chevrotain";
import type { Place } from "../source/place.js";
import type { Declaration, PolicyFile } from "./ast.js";
import { lex, type Comment } from "./lexer.js";
import { PolicyParser } from "./parser.js";
import { place } from "./parser-base.js";
import type { Problem } from "./problem.js";
import { sign } from "./tokens.js";

export interface Parsed {
  readonly file: PolicyFile;
  readonly comments: readonly Comment[];
  readonly problems: readonly Problem[];
  /** Declarations with a problem in them that were read all the same: what else is wrong there may come from it. */
  readonly doubtful: readonly Place[];
  /** Names that declarations would have declared, had they been readable. */
  readonly lost: readonly string[];
  /** Whether there was so much wrong that the rest was not read. */
  readonly cut: boolean;
}

const MAX_DEPTH = 64;
/** After so many broken declarations the file is probably no policy, and parsing on is work for nothing. */
const MAX_ERRORS = 100;

let shared: PolicyParser | undefined;

/** Text to syntax. Never throws, whatever the text; the problems are in source order, one a declaration. */
export function parse(text: string): Parsed {
  const lexed = lex(text);
  const empty: PolicyFile = { header: undefined, uses: [], declarations: [] };
  const hidden = findHidden(text);
  const deep = findDepth(lexed.tokens);
  if (deep !== undefined) {
    return {
      file: empty,
      comments: lexed.comments,
      problems: [...hidden, { code: "E009", at: deep, details: { number: MAX_DEPTH } }],
      doubtful: [],
      lost: [],
      cut: true,
    };
  }
  if (lexed.tokens.length === 0) {
    const problems: Problem[] = [...hidden, ...lexed.problems];
    if (problems.length === 0) problems.push({ code: "E004", at: { start: 0, end: 0 }, details: {} });
    return { file: empty, comments: lexed.comments, problems, doubtful: [], lost: [], cut: true };
  }

  shared ??= new PolicyParser();
  const parser = shared;
  parser.problems.length = 0;
  const { tokens } = lexed;
  const errors: Problem[] = [];
  const declarations: Declaration[] = [];
  const lost: string[] = [];
  const uses: PolicyFile["uses"][number][] = [];
  let header: PolicyFile["header"];
  let from = 0;
  if (tokens[0]?.image !== "policy") errors.push({ code: "E010", at: place(tokens[0] ?? endToken(text)), details: {} });
  while (from < tokens.length && errors.length < MAX_ERRORS) {
    const to = from === 0 ? tokens.length : chunkEnd(tokens, from);
    parser.input = tokens.slice(from, to);
    if (from === 0 && errors.length === 0) parser.file();
    else parser.rest();
    const part = parser.take();
    header ??= part.header;
    uses.push(...part.uses);
    for (const declaration of part.declarations) declarations.push(declaration);
    const error = parser.errors[0];
    if (error === undefined) {
      from = to;
      continue;
    }
    const at = Math.min(indexOf(tokens, error.token), to);
    const token = tokens[at] ?? endToken(text);
    errors.push(
      token.image === "use" && startsDeclaration(tokens, at)
        ? { code: "E014", at: place(token), details: {} }
        : { code: "E005", at: place(token), details: explain(error.message) },
    );
    lost.push(...lostName(tokens, at, from));
    from = resume(tokens, Math.max(at, from), from);
  }

  const problems = onePerDeclaration([...lexed.problems, ...errors, ...parser.problems], tokens, text);
  return {
    file: { header, uses, declarations: documented(declarations, lexed.comments, text) },
    comments: lexed.comments,
    problems: [...hidden, ...problems],
    doubtful: declarations
      .filter((one) => problems.some((problem) => problem.at.start >= one.at.start && problem.at.start < one.at.end))
      .map((one) => one.at),
    lost,
    cut: errors.length >= MAX_ERRORS,
  };
}

/** The name that the declaration around an error would have declared, so that its uses are not errors, too. */
function lostName(tokens: readonly IToken[], error: number, floor: number): string[] {
  for (let at = Math.min(error, tokens.length - 1); at >= floor && error - at < 100_000; at--) {
    if (!startsDeclaration(tokens, at) && at !== floor) continue;
    const kind = tokens[at]?.image ?? "";
    let next = at + 1;
    if (kind === "tool" && tokens[next]?.image.startsWith('"') === true) next += 2;
    let name = tokens[next]?.image ?? "";
    while (tokens[next + 1]?.image === "." && tokens[next + 2] !== undefined) {
      name += `.${tokens[next + 2]?.image ?? ""}`;
      next += 2;
    }
    if (kind === "label")
      return [
        name,
        ...tokens
          .slice(next + 1, next + 200)
          .map((token) => token.image)
          .filter((image) => /^[A-Za-z_]/.test(image)),
      ];
    return [name];
  }
  return [];
}

/** After an error a very large file is read in parts, or each of many errors would cost the whole of it. */
function chunkEnd(tokens: readonly IToken[], from: number): number {
  const part = 20_000;
  if (tokens.length - from <= 2 * part) return tokens.length;
  for (let i = from + part; i < tokens.length; i++) if (startsDeclaration(tokens, i)) return annotated(tokens, i, from);
  return tokens.length;
}

function explain(message: string): { reason: string; expected?: string } {
  const found = /^(.*?) \((.*)\)$/s.exec(message);
  return found?.[1] !== undefined &&
    found[2] !== undefined &&
    !found[1].includes("\n") &&
    /reserved|only the/.test(found[2])
    ? { reason: found[1], expected: found[2] }
    : { reason: message };
}

function endToken(text: string): IToken {
  const end = text.trimEnd().length;
  return { image: "", startOffset: end, endOffset: end - 1, tokenType: sign("}"), tokenTypeIdx: 0 };
}

function indexOf(tokens: readonly IToken[], token: IToken): number {
  let low = 0;
  let high = tokens.length;
  if (!(token.startOffset >= 0) || token.image === "") return high;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens[middle]?.startOffset ?? 0) < token.startOffset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where to go on after an error: at the next declaration that stands at or after the error. */
function resume(tokens: readonly IToken[], error: number, began: number): number {
  for (let i = Math.max(error, began + 1); i < tokens.length; i++)
    if (startsDeclaration(tokens, i)) return annotated(tokens, i, error);
  return tokens.length;
}

/** The annotations directly above a declaration belong to it. */
function annotated(tokens: readonly IToken[], start: number, floor: number): number {
  let i = start;
  for (let at = start - 1; at > floor && start - at < 64; at--)
    if (tokens[at]?.image === "@") i = at;
    else if (tokens[at]?.image === "}") break;
  return i;
}

const RULES = new Set(["allow", "ask", "forbid", "require", "quota", "output", "endorse"]);
/** What may stand two words after the first one of a declaration. */
const THIRD: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["let", new Set(["="])],
  ["param", new Set([":"])],
  ["label", new Set(["{"])],
  ["identity", new Set(["{"])],
  ["type", new Set(["{"])],
  ["role", new Set(["{"])],
  ["fact", new Set(["("])],
  ["tier", new Set(["{"])],
  ["intent", new Set(["{"])],
  ["test", new Set(["{"])],
  ["prove", new Set(["{"])],
  ["tool", new Set(["(", ".", "as"])],
  ["flow", new Set(["->", ":", "|", "&"])],
  ["taint", new Set<string>()],
  ["use", new Set<string>()],
  ["policy", new Set<string>()],
]);

/**
 * Whether a token looks like the beginning of a declaration. Keywords are soft, so the word alone does not
 * say; what follows it does (`label pii {` declares, `label result untrusted` is a clause).
 */
function startsDeclaration(tokens: readonly IToken[], at: number): boolean {
  const first = tokens[at]?.image ?? "";
  const second = tokens[at + 1];
  const third = tokens[at + 2]?.image ?? "";
  if (second === undefined) return false;
  const before = tokens[at - 1]?.image;
  if (before === "." || before === "," || before === ":") return false;
  if (RULES.has(first)) return third === "on" && second.image !== "when";
  if (first === "taint") return second.image === "context" || second.image === "value";
  if (first === "use") return second.image.startsWith('"') || (/^[A-Za-z_]/.test(second.image) && third === ".");
  if (first === "policy") return at === 0;
  return THIRD.get(first)?.has(third) === true;
}

/** Drops what an earlier problem in the same declaration has probably caused. */
function onePerDeclaration(problems: readonly Problem[], tokens: readonly IToken[], text: string): Problem[] {
  const sorted = problems.toSorted((a, b) => a.at.start - b.at.start);
  if (sorted.length <= 1) return sorted;
  const starts = tokens.flatMap((token, i) => (startsDeclaration(tokens, i) ? [token.startOffset] : []));
  const kept: Problem[] = [];
  let lastDeclaration = -2;
  for (const problem of sorted) {
    const declaration = lastAtOrBefore(starts, Math.min(problem.at.start, text.length));
    if (declaration === lastDeclaration) continue;
    lastDeclaration = declaration;
    kept.push(problem);
  }
  return kept;
}

function lastAtOrBefore(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function findDepth(tokens: readonly IToken[]): Place | undefined {
  let depth = 0;
  for (const token of tokens) {
    const { image } = token;
    if (image === "(" || image === "[" || image === "{") {
      if (++depth > MAX_DEPTH) return place(token);
    } else if ((image === ")" || image === "]" || image === "}") && depth > 0) depth -= 1;
  }
  return undefined;
}

/** Direction marks and invisible characters (CVE-2021-42574): they make a line read as something else. */
function findHidden(text: string): Problem[] {
  const found = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/u.exec(text);
  if (found === null) return [];
  const code = (text.codePointAt(found.index) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return [
    { code: "E016", at: { start: found.index, end: found.index + found[0].length }, details: { found: `U+${code}` } },
  ];
}

/** `##` lines directly above a declaration are its documentation. */
function documented(declarations: readonly Declaration[], comments: readonly Comment[], text: string): Declaration[] {
  const docs = comments.filter((comment) => comment.doc);
  if (docs.length === 0) return [...declarations];
  let next = 0;
  return declarations.map((declaration) => {
    const start = Math.min(declaration.at.start, ...declaration.annotations.map((annotation) => annotation.at.start));
    const block: Comment[] = [];
    for (; (docs[next]?.end ?? Infinity) <= start; next++) {
      const comment = docs[next];
      if (comment === undefined) break;
      const last = block.at(-1);
      if (last !== undefined && !/^\s*$/.test(text.slice(last.end, comment.start))) block.length = 0;
      block.push(comment);
    }
    const last = block.at(-1);
    if (last === undefined || !/^[ \t]*\r?\n[ \t]*$/.test(text.slice(last.end, start))) return declaration;
    return { ...declaration, doc: block.map((comment) => comment.text).join("\n") };
  });
}
