import { Report, type Diagnostic } from "../diagnostics/diagnostic.js";
import { decodeText } from "../source/decode-text.js";
import { SourceFile } from "../source/source-file.js";
import { lex } from "../syntax/lexer.js";
import { parse, type Parsed } from "../syntax/parse.js";
import { BlockPrinter, MAX_WIDTH } from "./block-lines.js";
import { Index } from "./blocks.js";
import { concat, fill, print, text, type Doc } from "./doc.js";
import { dropCommas, entriesOf, type Entry } from "./entries.js";
import { Lines } from "./lines.js";
import { sameMeaning } from "./meaning.js";
import { alignOneLiners, oneLiner, type OneLiner } from "./one-liners.js";
import { piecesOf, type Piece } from "./pieces.js";
import { Runs } from "./runs.js";

/** What formatting came to. */
export type Formatted =
  | { readonly ok: true; readonly text: string }
  /** A file with errors of syntax is not formatted; `source` is what the diagnostics point into. */
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[]; readonly source: SourceFile };

/**
 * A policy's text as it should be laid out: clauses in their order and in columns, comments and single empty lines
 * kept, lines ended by LF. Formatting the result again changes nothing, and both texts mean the same. `name` is what
 * diagnostics call the file. Throws only for a fault of the formatter itself, and never gives text of another meaning.
 */
export function format(source: string | Uint8Array, name = "policy"): Formatted {
  const decoded = decodeText(source);
  const file = new SourceFile(name, name, decoded.ok ? decoded.text : "");
  const report = new Report();
  if (!decoded.ok) report.add(decoded.code, file, { start: 0, end: 0 }, decoded.details);
  const parsed = parse(file.text);
  if (decoded.ok) for (const problem of parsed.problems) report.add(problem.code, file, problem.at, problem.details);
  if (report.hasErrors) return { ok: false, diagnostics: report.sorted([file]), source: file };

  const before = { file: parsed.file, tokens: lex(file.text).tokens };
  // Where the order of clauses should ever change how they are read, they stay as they are.
  for (const sorted of [true, false]) {
    const result = layOut(file.text, parsed, sorted);
    const after = parse(result);
    if (after.problems.length === 0 && sameMeaning(before, { file: after.file, tokens: lex(result).tokens }))
      return { ok: true, text: result };
  }
  throw new Error("the formatter would have changed what the policy means");
}

function layOut(source: string, parsed: Parsed, sorted: boolean): string {
  const pieces = piecesOf(source, lex(source).tokens, parsed.comments);
  const entries = entriesOf(parsed.file, pieces, new Index(pieces), sorted);
  const runs = new Runs(pieces, parameterLists(entries, pieces));
  const lines = new Lines();
  const printer = new BlockPrinter(pieces, runs, lines);
  for (let at = 0; at < entries.length;) {
    const entry = entries[at];
    if (entry === undefined) break;
    const one = oneLiner(entry, pieces, printer);
    if (one === undefined) {
      entryLines(entry, pieces, runs, lines, printer);
      at += 1;
      continue;
    }
    const group = [one, ...neighbours(entries, at, pieces, printer)];
    for (const [i, line] of alignOneLiners(group).entries()) {
      const member = group[i]?.entry ?? entry;
      const blank = above(member, pieces, runs, lines);
      lines.add([line], blank, pieces[member.to - 1]?.trailing);
    }
    at += group.length;
  }
  lines.comments(pieces.at(-1)?.own ?? [], 0);
  return lines.text();
}

/** The one-liners directly below one that are of its kind. */
function neighbours(
  entries: readonly Entry[],
  at: number,
  pieces: readonly Piece[],
  printer: BlockPrinter,
): OneLiner[] {
  const found: OneLiner[] = [];
  for (let next = entries[at + 1]; next !== undefined; next = entries[at + found.length + 1]) {
    const piece = pieces[next.annotated];
    if (next.family === undefined || next.family !== entries[at]?.family || next.annotated !== next.from) break;
    if (piece === undefined || piece.blank || piece.own.length > 0) break;
    const one = oneLiner(next, pieces, printer);
    if (one === undefined) break;
    found.push(one);
  }
  return found;
}

/** What stands above a declaration; whether an empty line stands directly above it. */
function above(entry: Entry, pieces: readonly Piece[], runs: Runs, lines: Lines): boolean {
  const first = pieces[entry.annotated];
  lines.comments(first?.own ?? [], 0);
  if (entry.annotated === entry.from) return first?.blank ?? false;
  const docs: Doc[] = [];
  let start = entry.annotated;
  for (let at = start + 1; at <= entry.from; at++) {
    if (at < entry.from && pieces[at]?.image !== "@") continue;
    docs.push(runs.doc(start, at));
    start = at;
  }
  const [last] = docs.splice(-1);
  const commented = runs.hasComments(entry.annotated, entry.from);
  const printed = commented || last === undefined ? [runs.doc(entry.annotated, entry.from)] : [...docs, last];
  lines.add(print(fill(printed), 0, 0, MAX_WIDTH), first?.blank ?? false, pieces[entry.from - 1]?.trailing);
  lines.comments(pieces[entry.from]?.own ?? [], 0);
  return false;
}

function entryLines(entry: Entry, pieces: readonly Piece[], runs: Runs, lines: Lines, printer: BlockPrinter): void {
  const { from, to, block } = entry;
  const blank = above(entry, pieces, runs, lines);
  const trailing = pieces[to - 1]?.trailing;
  if (block === undefined) return lines.add(print(runs.declaration(from, to), 0, 0, MAX_WIDTH), blank, trailing);

  dropCommas(block, pieces);
  const opening = pieces[block.open];
  const head = runs.doc(from, block.open);
  const comments = pieces[block.open - 1]?.trailing !== undefined || (opening?.own.length ?? 0) > 0;
  const headDoc = comments ? runs.doc(from, block.open + 1) : concat([head, text(" {")]);
  lines.add(print(headDoc, 0, 0, MAX_WIDTH), blank, opening?.trailing);
  lines.open();
  printer.print(block);
  lines.comments(pieces[block.close]?.own ?? [], 2);
  lines.open();
  lines.add(["}"], false, trailing);
}

/** The parentheses of a tool's parameters, which a space stands before. */
function parameterLists(entries: readonly Entry[], pieces: readonly Piece[]): ReadonlySet<number> {
  const found = new Set<number>();
  for (const { node, from, to } of entries) {
    if (node?.kind !== "tool") continue;
    for (let at = from; at < to; at++) {
      if (pieces[at]?.image !== "(") continue;
      found.add(at);
      break;
    }
  }
  return found;
}
