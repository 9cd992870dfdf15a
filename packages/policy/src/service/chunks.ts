import type { Place } from "../source/place.js";
import type { Declaration, PolicyFile } from "../syntax/ast.js";

/** A stretch of a file: one declaration with what stands above it. The last one may have none. */
export interface Chunk {
  readonly start: number;
  readonly end: number;
  /** Whether it only adds a rule: nothing else in the file means something else because of it. */
  readonly isRule: boolean;
}

/** Cuts a file that was read without a syntax error. Before the first chunk stand the header and the uses. */
export function chunksOf(
  file: PolicyFile,
  length: number,
): { readonly head: Place; readonly chunks: readonly Chunk[] } {
  const head = { start: 0, end: Math.max(file.header?.at.end ?? 0, ...file.uses.map((use) => use.at.end)) };
  const chunks: Chunk[] = [];
  let start = head.end;
  for (const declaration of file.declarations) {
    chunks.push({ start, end: declaration.at.end, isRule: isRule(declaration) });
    start = declaration.at.end;
  }
  chunks.push({ start, end: length, isRule: true });
  return { head, chunks };
}

function isRule(declaration: Declaration): boolean {
  return declaration.kind === "flow" || (declaration.kind === "rule" && declaration.rule !== "endorse");
}

/** What lies between the common beginning and the common end of two texts. */
export function difference(
  before: string,
  after: string,
): { readonly from: number; readonly to: number; readonly delta: number } {
  const least = Math.min(before.length, after.length);
  let from = 0;
  while (from < least && before.charCodeAt(from) === after.charCodeAt(from)) from++;
  let tail = 0;
  while (
    tail < least - from &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  )
    tail++;
  return { from, to: before.length - tail, delta: after.length - before.length };
}

/** The chunks that an edit touches, a neighbour it stands against too; undefined where one of them is no rule. */
export function touched(
  chunks: readonly Chunk[],
  from: number,
  to: number,
): { readonly first: number; readonly last: number } | undefined {
  let first: number | undefined;
  let last = 0;
  for (const [i, chunk] of chunks.entries()) {
    if (chunk.end < from) continue;
    if (chunk.start > to) break;
    if (!chunk.isRule) return undefined;
    first ??= i;
    last = i;
  }
  return first === undefined ? undefined : { first, last };
}
