import type { Found } from "./rule-index.js";

const SLASH = "/";

/**
 * Rules by folders: which of these a path is, or lies below (`isUnder`), without a comparison for each. Folders of the
 * same depth stand in one table, so that a path is looked up once for each depth that some rule names.
 */
export class PathTable {
  /** Those of the root folder, which everything lies below. */
  readonly #everywhere: number[] = [];
  /** By the number of segments. */
  readonly #depths: (Map<string, number | number[]> | undefined)[] = [];

  add(folder: string, rule: number): void {
    if (folder === SLASH) {
      this.#everywhere.push(rule);
      return;
    }
    const depth = depthOf(folder);
    const table = this.#depths[depth] ?? new Map<string, number | number[]>();
    this.#depths[depth] = table;
    append(table, folder, rule);
  }

  /** Finds the rules of every folder that this path is or lies below. */
  find(path: string, found: Found): void {
    if (this.#everywhere.length > 0) found.take(this.#everywhere);
    const depths = this.#depths;
    let at = 0;
    for (let depth = 1; depth < depths.length; depth += 1) {
      const end = path.indexOf(SLASH, at + 1);
      const table = depths[depth];
      if (table !== undefined) {
        const rules = table.get(end < 0 ? path : path.slice(0, end));
        if (rules !== undefined) found.take(rules);
      }
      if (end < 0) return;
      at = end;
    }
  }
}

function depthOf(folder: string): number {
  let depth = 1;
  for (let at = folder.indexOf(SLASH, 1); at >= 0; at = folder.indexOf(SLASH, at + 1)) depth += 1;
  return depth;
}

/** Most keys lead to one rule, which needs no list. */
export function append<K>(rules: Map<K, number | number[]>, key: K, rule: number): void {
  const known = rules.get(key);
  if (known === undefined) rules.set(key, rule);
  // A list may name the same thing twice.
  else if (typeof known === "number") {
    if (known !== rule) rules.set(key, [known, rule]);
  } else if (known.at(-1) !== rule) known.push(rule);
}
