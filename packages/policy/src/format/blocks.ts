import type { Declaration, FieldNode } from "../syntax/ast.js";
import type { Place } from "../source/place.js";
import { inOrder } from "./clause-order.js";
import type { Piece } from "./pieces.js";

/** Tokens from one index to another, exclusive. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The tokens of a field: `name:`, its type, its labels. */
export interface FieldRange extends Range {
  readonly type: number;
  readonly labels: number;
}

/** What stands between the braces of a declaration. */
export type Block = { readonly open: number; readonly close: number } & (
  | { readonly kind: "clauses" | "tier" | "statements" | "body"; readonly items: readonly Range[] }
  | { readonly kind: "fields"; readonly items: readonly FieldRange[] }
);

/** Finds the tokens of what the syntax tree has places of. */
export class Index {
  readonly #starts = new Map<number, number>();
  readonly #ends = new Map<number, number>();

  constructor(pieces: readonly Piece[]) {
    for (const [at, piece] of pieces.slice(0, -1).entries()) {
      this.#starts.set(piece.start, at);
      this.#ends.set(piece.end, at);
    }
  }

  range(place: Place): Range {
    const from = this.#starts.get(place.start);
    const to = this.#ends.get(place.end);
    if (from === undefined || to === undefined) throw new Error("a place of the syntax tree is no token's");
    return { from, to: to + 1 };
  }
}

/** The block of a declaration; undefined where it has none. */
export function blockOf(
  node: Declaration,
  range: Range,
  pieces: readonly Piece[],
  index: Index,
  sorted: boolean,
): Block | undefined {
  const close = range.to - 1;
  const open = opening(pieces, close);
  const places = (nodes: readonly { readonly at: Place }[]): Range[] => nodes.map(({ at }) => index.range(at));
  switch (node.kind) {
    case "taint":
    case "let":
    case "param":
      return undefined;
    case "flow":
      if (pieces[close]?.image !== "}") return undefined;
      return { kind: "clauses", open, close, items: places(sorted ? inOrder(node.clauses) : node.clauses) };
    case "rule":
      return { kind: "clauses", open, close, items: places(sorted ? inOrder(node.clauses) : node.clauses) };
    case "tool":
      return { kind: "clauses", open, close, items: places(node.attributes) };
    case "tier":
      return { kind: "tier", open, close, items: places(node.items) };
    case "fact":
      return { kind: "clauses", open, close, items: factItems(pieces, open, close) };
    case "test":
      return { kind: "statements", open, close, items: places(node.statements) };
    case "type":
    case "identity": {
      const fields = node.record.kind === "record" ? node.record.fields : [];
      return { kind: "fields", open, close, items: fields.map((field) => fieldRange(field, index)) };
    }
    case "role":
    case "label":
    case "intent":
    case "prove":
      return { kind: "body", open, close, items: [{ from: open + 1, to: close }] };
  }
}

function fieldRange(field: FieldNode, index: Index): FieldRange {
  const { from, to } = index.range(field.at);
  const [label] = field.labels;
  return {
    from,
    to,
    type: index.range(field.type.at).from,
    labels: label === undefined ? to : index.range(label.at).from,
  };
}

/** The tree does not hold what stands in a fact's block. */
function factItems(pieces: readonly Piece[], open: number, close: number): Range[] {
  const starts: number[] = [];
  for (let at = open + 1; at < close; at++) {
    const { image = "" } = pieces[at] ?? {};
    const next = pieces[at + 1]?.image ?? "";
    if ((image === "timeout" && /^\d+(?:ms|s|m|h|d)$/.test(next)) || (image === "on" && next === "error"))
      starts.push(at);
  }
  return starts.map((from, i) => ({ from, to: starts[i + 1] ?? close }));
}

function opening(pieces: readonly Piece[], close: number): number {
  let depth = 0;
  for (let at = close; at >= 0; at--) {
    const image = pieces[at]?.image;
    if (image === "}" || image === ")" || image === "]") depth += 1;
    else if ((image === "{" || image === "(" || image === "[") && --depth === 0) return at;
  }
  return 0;
}
