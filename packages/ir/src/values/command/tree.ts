import type { TreeCursor } from "web-tree-sitter";

/** A node of a shell text's syntax tree. `start` and `end` count UTF-16 code units; `type` is the grammar's name or token. */
export interface ShellNode {
  readonly type: string;
  readonly named: boolean;
  readonly start: number;
  readonly end: number;
  readonly children: readonly ShellNode[];
}

interface Building extends ShellNode {
  readonly children: Building[];
}

const MAX_NODES = 20_000;
const MAX_DEPTH = 400;

/** Copies a tree out of the parser's memory; undefined where it has too many nodes or is too deep. A missing token becomes an `ERROR`. */
export function fromCursor(cursor: TreeCursor): ShellNode | undefined {
  try {
    let count = 1;
    const root = node(cursor);
    const path = [root];
    for (;;) {
      const top = path.at(-1);
      if (top === undefined) return root;
      if (cursor.gotoFirstChild()) {
        if (path.length >= MAX_DEPTH) return undefined;
        const child = node(cursor);
        top.children.push(child);
        path.push(child);
        count += 1;
      } else {
        for (;;) {
          path.pop();
          const parent = path.at(-1);
          if (parent === undefined) return root;
          if (cursor.gotoNextSibling()) {
            const child = node(cursor);
            parent.children.push(child);
            path.push(child);
            count += 1;
            break;
          }
          cursor.gotoParent();
        }
      }
      if (count > MAX_NODES) return undefined;
    }
  } finally {
    cursor.delete();
  }
}

function node(cursor: TreeCursor): Building {
  return {
    type: cursor.nodeIsMissing ? "ERROR" : cursor.nodeType,
    named: cursor.nodeIsNamed,
    start: cursor.startIndex,
    end: cursor.endIndex,
    children: [],
  };
}
