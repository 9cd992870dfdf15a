/** A radix trie of paths: which of them a path is, or lies below (`isUnder`), without a comparison for each. */
export class PathTrie {
  readonly #root: Node = { label: "", children: undefined, rules: undefined };
  /** Those of the root folder, which everything lies below. */
  readonly #everywhere: number[] = [];

  add(outer: string, rule: number): void {
    if (outer === "/") {
      this.#everywhere.push(rule);
      return;
    }
    let node = this.#root;
    let at = 0;
    while (at < outer.length) {
      node.children ??= new Map();
      const first = outer.charCodeAt(at);
      const child = node.children.get(first);
      if (child === undefined) {
        const leaf: Node = { label: outer.slice(at), children: undefined, rules: [rule] };
        node.children.set(first, leaf);
        return;
      }
      const common = shared(child.label, outer, at);
      if (common < child.label.length) {
        const upper: Node = { label: child.label.slice(0, common), children: new Map(), rules: undefined };
        child.label = child.label.slice(common);
        upper.children?.set(child.label.charCodeAt(0), child);
        node.children.set(first, upper);
        node = upper;
      } else node = child;
      at += common;
    }
    node.rules ??= [];
    node.rules.push(rule);
  }

  /** Hands over the rules of every path that this one is or lies below. */
  find(path: string, take: (rules: readonly number[]) => void): void {
    if (this.#everywhere.length > 0) take(this.#everywhere);
    let node = this.#root;
    let at = 0;
    for (;;) {
      if (node.rules !== undefined && (at === path.length || path.charCodeAt(at) === SLASH)) take(node.rules);
      const child = at < path.length ? node.children?.get(path.charCodeAt(at)) : undefined;
      if (child === undefined || !path.startsWith(child.label, at)) return;
      at += child.label.length;
      node = child;
    }
  }
}

interface Node {
  label: string;
  children: Map<number, Node> | undefined;
  rules: number[] | undefined;
}

const SLASH = 0x2f;

function shared(label: string, text: string, at: number): number {
  let length = 0;
  while (
    length < label.length &&
    at + length < text.length &&
    label.charCodeAt(length) === text.charCodeAt(at + length)
  )
    length += 1;
  return length;
}
