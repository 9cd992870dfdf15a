import { atMost, joinKnown, type LabelSet } from "./labels.js";

/** Paths that are told apart; what was written beyond them counts for every path. */
const MAX_NODES = 16_384;
const MAX_DEPTH = 256;

interface Node {
  /** Labels written at exactly this path, and the join of those and of all below. */
  own: LabelSet | undefined;
  below: LabelSet | undefined;
  readonly children: Map<string, Node>;
}

/** Labels of what was written, by path: a question takes as long as its path is deep, however many there are. */
export class WrittenPaths {
  readonly #lowest: LabelSet;
  readonly #root: Node;
  #nodes = 1;

  constructor(lowest: LabelSet) {
    this.#lowest = lowest;
    this.#root = this.#node();
  }

  /** Labels were written at a canonical path; false where they stood there before. */
  wrote(path: string, labels: LabelSet | undefined): boolean {
    const steps = segments(path);
    if (steps.length > MAX_DEPTH || this.#nodes + steps.length > MAX_NODES) return this.wrote("/", labels);
    let node = this.#root;
    node.below = joinKnown(node.below, labels);
    for (const step of steps) {
      const next = node.children.get(step) ?? this.#node();
      if (!node.children.has(step)) {
        node.children.set(step, next);
        this.#nodes += 1;
      }
      next.below = joinKnown(next.below, labels);
      node = next;
    }
    const before = node.own;
    node.own = joinKnown(before, labels);
    return before !== undefined && (labels === undefined || !atMost(labels, before));
  }

  /** The join of what was written at a path, above it and below it. */
  readOf(path: string): LabelSet | undefined {
    let all: LabelSet | undefined = this.#lowest;
    let node: Node | undefined = this.#root;
    for (const step of segments(path)) {
      all = joinKnown(all, node.own);
      node = node.children.get(step);
      if (node === undefined) return all;
    }
    return joinKnown(all, node.below);
  }

  #node(): Node {
    return { own: this.#lowest, below: this.#lowest, children: new Map() };
  }
}

/** A canonical path has neither empty nor dot segments. */
function segments(path: string): readonly string[] {
  return path.split("/").filter((step) => step !== "");
}
