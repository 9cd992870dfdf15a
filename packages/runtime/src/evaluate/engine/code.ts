import type { Expression } from "@writ/ir";
import type { Glob, Money, Pattern, Value } from "@writ/ir/values";
import type { HostSet } from "./host-set.js";
import { NOWHERE, SIZE } from "./operations.js";
import type { Params } from "./slots.js";

/** So many texts are compared one by one in less time than one is looked up. */
const FEW_TEXTS = 3;

/**
 * Instructions, with the constants they name: flat arrays that all tools of a program share, so that what a decision
 * looks at lies close together. Equal constants are kept once.
 */
export class Code {
  instructions = new Int32Array(1024);
  readonly texts: string[] = [];
  readonly numbers: number[] = [];
  /** The number as the evaluator of trees holds it: a decimal may be one. */
  readonly exact: Value[] = [];
  readonly currencies: (string | undefined)[] = [];
  readonly lists: (readonly string[])[] = [];
  readonly #sets: ReadonlySet<string>[] = [];
  readonly hosts: HostSet[] = [];
  readonly globs: Glob[] = [];
  readonly patterns: Pattern[] = [];
  readonly trees: Expression[] = [];
  #length = 0;
  readonly #known = new Map<string, number>();
  readonly #params = new Map<string, Params>();

  get length(): number {
    return this.#length;
  }

  /** Appends an instruction and gives its place. */
  push(operation: number, slot: number, constant: number, kept = NOWHERE): number {
    const at = this.#length;
    if (at + SIZE > this.instructions.length) {
      const larger = new Int32Array(this.instructions.length * 2);
      larger.set(this.instructions);
      this.instructions = larger;
    }
    this.instructions[at] = operation;
    this.instructions[at + 1] = slot;
    this.instructions[at + 2] = constant;
    this.instructions[at + 3] = kept;
    this.#length = at + SIZE;
    return at;
  }

  /** Lets go of the table that only compiling a tool needs: another tool has other constants. */
  settle(): void {
    this.#known.clear();
  }

  /** How arguments are read; the same for tools that declare the same. */
  params(key: string, make: () => Params): Params {
    const known = this.#params.get(key) ?? make();
    this.#params.set(key, known);
    return known;
  }

  text(text: string): number {
    return this.#constant(`t${text}`, this.texts, () => text);
  }

  number(value: number, exact: Value): number {
    this.exact.push(exact);
    return this.numbers.push(value) - 1;
  }

  /** Minor units; the currency is kept beside them. */
  money(value: Money): number {
    this.currencies[this.numbers.length] = value.currency;
    return this.number(Number(value.minor), value);
  }

  list(items: readonly string[]): number {
    return this.#constant(`s${JSON.stringify(items)}`, this.lists, () => items);
  }

  /** The texts of a list, to be looked up; most lists are answered by a column, and need none. */
  set(list: number): ReadonlySet<string> {
    return this.#sets[list] ?? (this.#sets[list] = new Set(this.lists[list]));
  }

  /** Whether a list holds a text; a short one is gone through. */
  holds(list: number, text: string): boolean {
    const items = this.lists[list];
    if (items === undefined) return false;
    if (items.length > FEW_TEXTS) return this.set(list).has(text);
    for (let i = 0; i < items.length; i += 1) if (items[i] === text) return true;
    return false;
  }

  hostSet(key: string, make: () => HostSet): number {
    return this.#constant(`h${key}`, this.hosts, make);
  }

  glob(text: string, glob: Glob): number {
    return this.#constant(`g${text}`, this.globs, () => glob);
  }

  pattern(text: string, pattern: Pattern): number {
    return this.#constant(`p${text}`, this.patterns, () => pattern);
  }

  tree(node: Expression): number {
    return this.trees.push(node) - 1;
  }

  #constant<T>(key: string, pool: T[], make: () => T): number {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const at = pool.push(make()) - 1;
    this.#known.set(key, at);
    return at;
  }
}
