import type { Entry } from "./entries.js";
import { MAX_WIDTH, type BlockPrinter } from "./block-lines.js";
import { columnAt, widest } from "./columns.js";
import { widthOf } from "./doc.js";
import type { Piece } from "./pieces.js";

/** A declaration that stands on one line. */
export interface OneLiner {
  readonly entry: Entry;
  /** What stands before the column that its neighbours share: all but the block, or the labels of a flow. */
  readonly head: string;
  readonly tail: readonly string[];
  /** Where that column begins in the source, from the start of the declaration. */
  readonly found: number | undefined;
  /** The settings of a tier, and where they begin in the source. */
  readonly cells:
    | readonly { readonly word: string; readonly text: string; readonly found: number | undefined }[]
    | undefined;
}

/** Heads that differ more in length than this are not lined up. */
const MAX_SPREAD = 32;
const TIER = ["isolate", "network", "read", "write", "env", "time", "memory", "output", "cpu", "processes", "approve"];

/** A declaration on one line, if that is how it is written and it fits. */
export function oneLiner(entry: Entry, pieces: readonly Piece[], printer: BlockPrinter): OneLiner | undefined {
  const { block, node, from, to } = entry;
  if (node === undefined || (block === undefined && node.kind !== "flow") || block?.kind === "statements")
    return undefined;
  if (
    pieces
      .slice(from, to)
      .some((piece, i) => (i > 0 && piece.own.length > 0) || (i < to - from - 1 && piece.trailing !== undefined))
  )
    return undefined;
  if (block !== undefined && block.items.length > 0 && pieces[block.open + 1]?.newline === true) return undefined;
  const split = node.kind === "flow" ? arrowOf(pieces, from, to) : (block?.open ?? to);
  const head = printer.flat(from, split);
  const items = block?.items.map((item) => printer.flat(item.from, item.to) ?? "") ?? [];
  const inner = items.length === 0 ? "{ }" : `{ ${items.join(block?.kind === "fields" ? ", " : "  ")} }`;
  const between = printer.flat(split, block?.open ?? to) ?? "";
  const tail = block === undefined ? [between] : between === "" ? [inner] : [between, inner];
  if (head === undefined || widthOf(head) + widthOf(tail.join(" ")) + 1 > MAX_WIDTH) return undefined;
  const start = pieces[from]?.column ?? 0;
  const founds = (at: number): number | undefined =>
    pieces.slice(from + 1, at + 1).some((piece) => piece.newline) ? undefined : (pieces[at]?.column ?? 0) - start;
  const cells =
    block?.kind !== "tier"
      ? undefined
      : block.items.map((item, i) => ({
          word: pieces[item.from]?.image ?? "",
          text: items[i] ?? "",
          found: founds(item.from),
        }));
  return {
    entry,
    head,
    tail,
    found: founds(split),
    cells: cells !== undefined && inTierOrder(cells) ? cells : undefined,
  };
}

function arrowOf(pieces: readonly Piece[], from: number, to: number): number {
  for (let at = from; at < to; at++) if (pieces[at]?.image === "->") return at;
  return to;
}

function inTierOrder(cells: readonly { readonly word: string }[]): boolean {
  const ranks = cells.map(({ word }) => TIER.indexOf(word));
  return ranks.every((rank, i) => i === 0 || rank > (ranks[i - 1] ?? 0));
}

/** Neighbours, their columns lined up. */
export function alignOneLiners(group: readonly OneLiner[]): string[] {
  const widths = group.map(({ head }) => widthOf(head));
  const most = widest(widths);
  const aligned = widths.every((width) => most - width <= MAX_SPREAD);
  const column = columnAt(
    most + 1,
    group.map(({ found }) => found),
  );
  const tiers = tierColumns(group);
  return group.map((one) => {
    const head = aligned ? one.head.padEnd(column - (most === 0 ? 0 : 1)) : one.head;
    return `${head} ${tiers === undefined ? one.tail.join(" ") : tierLine(one, tiers, column)}`;
  });
}

/** Where the settings of neighbouring tiers begin, from the start of the line, by their words. */
function tierColumns(
  group: readonly OneLiner[],
): ReadonlyMap<string, { readonly from: number; readonly end: number | undefined }> | undefined {
  if (group.some(({ cells }) => cells === undefined || cells.length === 0)) return undefined;
  const columns = new Map<string, { from: number; end: number | undefined }>();
  let at =
    columnAt(
      widest(group.map(({ head }) => widthOf(head))) + 1,
      group.map(({ found }) => found),
    ) + 2;
  let open: string | undefined; // the column before, whose end is where the next begins
  for (const word of TIER) {
    const places = group.flatMap(({ cells = [] }) => cells.filter((cell) => cell.word === word));
    if (places.length === 0) continue;
    if (open !== undefined) {
      at = columnAt(
        at,
        places.map(({ found }) => found),
      );
      columns.set(open, { from: columns.get(open)?.from ?? 0, end: at });
    }
    columns.set(word, { from: at, end: undefined });
    const followed = group.flatMap(({ cells = [] }) =>
      cells.filter((cell, i) => cell.word === word && i < cells.length - 1),
    );
    at += followed.length === 0 ? 0 : widest(followed.map(({ text }) => widthOf(text))) + 2;
    open = word;
  }
  return columns;
}

function tierLine(
  { cells = [] }: OneLiner,
  columns: NonNullable<ReturnType<typeof tierColumns>>,
  start: number,
): string {
  let line = "{ ";
  for (const { word, text } of cells) line = line.padEnd((columns.get(word)?.from ?? 0) - start) + text;
  const last = columns.get(cells.at(-1)?.word ?? "");
  return `${line} `.padEnd((last?.end ?? 0) - start) + "}";
}
