/**
 * Text that can be broken into lines in places (after Wadler, "A prettier printer", 2003): a group stands on one
 * line where it fits, else every line of it breaks.
 */
export type Doc =
  | { readonly kind: "text"; readonly text: string; readonly width: number }
  | { readonly kind: "line"; readonly flat: string; readonly width: number }
  | { readonly kind: "comment"; readonly text: string; readonly own: boolean; readonly width: number }
  | { readonly kind: "concat"; readonly parts: readonly Doc[]; readonly width: number }
  | { readonly kind: "indent"; readonly of: Doc; readonly width: number }
  | { readonly kind: "group"; readonly of: Doc; readonly width: number }
  | { readonly kind: "fill"; readonly items: readonly Doc[]; readonly width: number };

const STEP = 2;

/** `width` of a doc is what it takes on one line; infinite where it cannot be on one. */
export function widthOf(text: string): number {
  let width = text.length;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >> 10 === 0x36) width -= 1; // the first half of a pair
  return width;
}

export const text = (value: string): Doc => ({ kind: "text", text: value, width: widthOf(value) });
/** A space, or the end of the line. */
export const line: Doc = { kind: "line", flat: " ", width: 1 };
/** Nothing, or the end of the line. */
export const softline: Doc = { kind: "line", flat: "", width: 0 };
/** A comment: nothing can follow it on its line. */
export const comment = (value: string, own: boolean): Doc => ({ kind: "comment", text: value, own, width: Infinity });
export const indent = (of: Doc): Doc => ({ kind: "indent", of, width: of.width });
export const group = (of: Doc): Doc => ({ kind: "group", of, width: of.width });

export function concat(parts: readonly Doc[]): Doc {
  let width = 0;
  for (const part of parts) width += part.width;
  return { kind: "concat", parts, width };
}

/** Items that break only where the next one does not fit. */
export function fill(items: readonly Doc[]): Doc {
  let width = Math.max(0, items.length - 1);
  for (const item of items) width += item.width;
  return { kind: "fill", items, width };
}

/** Lines, the first of which goes on where `column` is; the others begin at `base` and carry their indentation. */
export function print(doc: Doc, column: number, base: number, max: number): string[] {
  const lines: string[] = [];
  let current = "";
  let at = column;
  let pending: number | undefined; // a line that was ended, and where the next begins
  let ended = false; // a comment stands on the line
  const write = (value: string, indentation: number): void => {
    if (value.trim() === "" && (pending !== undefined || ended)) return;
    if (pending !== undefined || ended) {
      lines.push(current.trimEnd());
      const start = pending ?? indentation;
      current = " ".repeat(start);
      at = start;
      pending = undefined;
      ended = false;
    }
    current += value;
    at += widthOf(value);
  };
  const go = (node: Doc, indentation: number, flat: boolean): void => {
    switch (node.kind) {
      case "text":
        return write(node.text, indentation);
      case "line":
        if (flat) return write(node.flat, indentation);
        pending = indentation;
        return undefined;
      case "comment":
        if (node.own) pending = indentation;
        write(
          node.own || (current === "" && lines.length === 0 && column === base) ? node.text : `  ${node.text}`,
          indentation,
        );
        ended = true;
        return undefined;
      case "concat":
        for (const part of node.parts) go(part, indentation, flat);
        return undefined;
      case "indent":
        return go(node.of, indentation + STEP, flat);
      case "group":
        return go(node.of, indentation, flat || (pending ?? at) + node.of.width <= max);
      case "fill":
        for (const [index, item] of node.items.entries()) {
          const fits = flat || (pending ?? at) + 1 + item.width <= max;
          if (index > 0) go(line, indentation, fits);
          go(item, indentation, flat || (pending ?? at) + item.width <= max);
        }
        return undefined;
    }
  };
  go(doc, base, column + doc.width <= max);
  lines.push(current.trimEnd());
  return lines;
}
