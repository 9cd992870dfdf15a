import type { Code } from "./code.js";
import { NOT, NOWHERE, ROLE, SIZE } from "./operations.js";

/** An instruction before it has its place; a group holds its parts. */
export interface Draft {
  readonly operation: number;
  readonly slot: number;
  readonly constant: number;
  /** How much it takes to find out, for the order within a group, whose truth does not depend on it. */
  readonly cost: number;
  readonly parts?: readonly Draft[];
  /** Equal for drafts of one tool that mean the same; their truth is found once a call. */
  readonly key?: string;
}

/** Gives the drafts of one tool their places. */
export class Placement {
  readonly #code: Code;
  readonly #uses = new Map<string, number>();
  readonly #kept = new Map<string, number>();
  readonly #bodies = new Map<string, readonly [number, number]>();

  constructor(code: Code) {
    this.#code = code;
  }

  /** Truths that are kept during a call. */
  get kept(): number {
    return this.#kept.size;
  }

  /** Has to be told of every draft before any is placed. */
  count(drafts: readonly Draft[]): void {
    for (const { key, parts } of drafts) {
      if (key !== undefined) {
        const uses = this.#uses.get(key) ?? 0;
        this.#uses.set(key, uses + 1);
        if (uses > 0) continue;
      }
      if (parts !== undefined) this.count(parts);
    }
  }

  /** Places a group's parts side by side, cheap ones first, or one before all others; gives where they begin and end. */
  place(drafts: readonly Draft[], first?: Draft): readonly [number, number] {
    const cost = (draft: Draft): number => (draft === first ? Number.NEGATIVE_INFINITY : draft.cost);
    const ordered = drafts.length > 1 ? drafts.toSorted((a, b) => cost(a) - cost(b)) : drafts;
    const bodies = ordered.map((draft) => this.#body(draft));
    const start = this.#code.length;
    for (const [i, draft] of ordered.entries()) {
      const body = bodies[i];
      const kept = this.#keep(draft.key);
      if (body === undefined) this.#code.push(draft.operation, draft.slot, draft.constant, kept);
      else if ((draft.operation & ~NOT) === ROLE) this.#code.push(draft.operation, body[0], draft.constant, kept);
      else this.#code.push(draft.operation, body[0], body[1], kept);
    }
    return [start, start + ordered.length * SIZE];
  }

  #body({ parts, key }: Draft): readonly [number, number] | undefined {
    if (parts === undefined) return undefined;
    const known = key === undefined ? undefined : this.#bodies.get(key);
    if (known !== undefined) return known;
    const body = this.place(parts);
    if (key !== undefined) this.#bodies.set(key, body);
    return body;
  }

  #keep(key: string | undefined): number {
    if (key === undefined || (this.#uses.get(key) ?? 0) < 2) return NOWHERE;
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const at = this.#kept.size;
    this.#kept.set(key, at);
    return at;
  }
}
