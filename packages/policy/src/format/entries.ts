import type { Declaration, PolicyFile } from "../syntax/ast.js";
import { blockOf, type Block, type Index, type Range } from "./blocks.js";
import type { Piece } from "./pieces.js";

/** The header, a `use` or a declaration. */
export interface Entry extends Range {
  /** Where the annotations begin; `from` where there are none. */
  readonly annotated: number;
  /** What stands next to its like lines up with it. */
  readonly family: string | undefined;
  readonly node: Declaration | undefined;
  readonly block: Block | undefined;
}

/** What a file holds, in its order. */
export function entriesOf(file: PolicyFile, pieces: readonly Piece[], index: Index, sorted: boolean): Entry[] {
  const plain = [...(file.header === undefined ? [] : [file.header]), ...file.uses].map(({ at }): Entry => {
    const { from, to } = index.range(at);
    return { from, to, annotated: from, family: undefined, node: undefined, block: undefined };
  });
  const declared = file.declarations.map((node): Entry => {
    const range = index.range(node.at);
    const [annotation] = node.annotations;
    const annotated = annotation === undefined ? range.from : index.range(annotation.at).from;
    return { ...range, annotated, family: familyOf(node), node, block: blockOf(node, range, pieces, index, sorted) };
  });
  return [...plain, ...declared].toSorted((a, b) => a.from - b.from);
}

function familyOf(node: Declaration): string | undefined {
  switch (node.kind) {
    case "taint":
    case "let":
    case "param":
    case "tool":
    case "test":
      return undefined;
    case "rule":
      return node.rule;
    default:
      return node.kind;
  }
}

/** The commas between the fields of a block go; their comments stay. */
export function dropCommas(block: Block, pieces: readonly Piece[]): void {
  if (block.kind !== "fields") return;
  for (const { to } of block.items) {
    const comma = pieces[to];
    const before = pieces[to - 1];
    const after = pieces[to + 1];
    if (comma?.image !== "," || before === undefined || after === undefined) continue;
    const trailing = comma.trailing === undefined ? [] : [comma.trailing];
    if (before.trailing === undefined && comma.own.length === 0) [before.trailing] = trailing;
    else after.own = [...comma.own, ...trailing.map((text) => ({ text, blank: false })), ...after.own];
  }
}
