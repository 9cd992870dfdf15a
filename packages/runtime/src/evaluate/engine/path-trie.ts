/** A radix trie of paths: which of them a path is, or lies below (`isUnder`), without a comparison for each. */
export class PathTrie {
  readonly #root: Node = nodeOf("");
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
      const place = node.firsts.indexOf(outer.charCodeAt(at));
      const child = node.children[place];
      if (child === undefined) {
        const leaf = nodeOf(outer.slice(at));
        leaf.rules = [rule];
        append(node, leaf);
        return;
      }
      const common = shared(child.label, outer, at);
      if (common < child.label.length) {
        const upper = nodeOf(child.label.slice(0, common));
        child.label = child.label.slice(common);
        append(upper, child);
        node.children[place] = upper;
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
      if (at === path.length) return;
      const child = childAt(node, path.charCodeAt(at));
      if (child === undefined || shared(child.label, path, at) < child.label.length) return;
      at += child.label.length;
      node = child;
    }
  }
}

interface Node {
  label: string;
  /** The first character of each child's label. There are few: looking at each beats a hash. */
  readonly firsts: number[];
  readonly children: Node[];
  rules: number[] | undefined;
}

const SLASH = 0x2f;

function nodeOf(label: string): Node {
  return { label, firsts: [], children: [], rules: undefined };
}

function append(node: Node, child: Node): void {
  node.firsts.push(child.label.charCodeAt(0));
  node.children.push(child);
}

function childAt({ firsts, children }: Node, first: number): Node | undefined {
  for (let i = 0; i < firsts.length; i += 1) if (firsts[i] === first) return children[i];
  return undefined;
}

/** How many characters a label has in common with a text from a place on. */
function shared(label: string, text: string, at: number): number {
  const most = Math.min(label.length, text.length - at);
  let length = 0;
  while (length < most && label.charCodeAt(length) === text.charCodeAt(at + length)) length += 1;
  return length;
}
