import type { JudgedCall } from "./judge-call.js";

/** A decision: its effect, and the rules it was decided by; undefined where they are not known. */
export interface Decided {
  readonly effect: JudgedCall["effect"];
  readonly by?: readonly string[] | undefined;
}

/** Calls of one tool that were decided alike before and alike now, and not the same. */
export interface Difference {
  readonly tool: string;
  readonly from: Decided;
  readonly to: Decided;
  readonly calls: number;
}

/** How two ways of deciding the same calls compare. */
export interface Comparison {
  /** Calls that were decided in both ways. */
  readonly calls: number;
  /** The same effect, by the same rules as far as they are known. */
  readonly same: number;
  /** The same effect, by other rules. */
  readonly otherRules: number;
  /** Another effect. */
  readonly changed: number;
  /** Changed first, and of these the most frequent. */
  readonly differences: readonly Difference[];
}

/** Counts decisions of calls, before and now, in memory that grows with the number of different rules alone. */
export class Comparing {
  readonly #found = new Map<string, { readonly difference: Omit<Difference, "calls">; calls: number }>();
  #calls = 0;
  #same = 0;

  /** Gives whether the effect is another. */
  add(tool: string, from: Decided, to: Decided): boolean {
    this.#calls += 1;
    const changed = from.effect !== to.effect;
    if (!changed && isSameRules(from.by, to.by)) {
      this.#same += 1;
      return false;
    }
    const key = JSON.stringify([tool, from.effect, from.by, to.effect, to.by]);
    const known = this.#found.get(key) ?? { difference: { tool, from: decided(from), to: decided(to) }, calls: 0 };
    this.#found.set(key, known);
    known.calls += 1;
    return changed;
  }

  result(): Comparison {
    const differences = [...this.#found.values()].map(({ difference: { tool, from, to }, calls }) => ({
      tool,
      from,
      to,
      calls,
    }));
    const isChanged = ({ from, to }: Difference): boolean => from.effect !== to.effect;
    const changed = differences.filter(isChanged).reduce((sum, { calls }) => sum + calls, 0);
    return {
      calls: this.#calls,
      same: this.#same,
      otherRules: this.#calls - this.#same - changed,
      changed,
      differences: differences.toSorted(
        (a, b) => Number(isChanged(b)) - Number(isChanged(a)) || b.calls - a.calls || a.tool.localeCompare(b.tool),
      ),
    };
  }
}

function decided({ effect, by }: Decided): Decided {
  return { effect, ...(by === undefined ? {} : { by }) };
}

function isSameRules(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  if (a === undefined || b === undefined) return true;
  const [first, second] = [new Set(a), new Set(b)];
  return first.size === second.size && [...first].every((rule) => second.has(rule));
}
