import type { Expression } from "@writ/ir";
import { addressMatches, formatHostPattern, type AddressPattern } from "@writ/ir/values";
import type { Made } from "../constants.js";
import { FALSE, TRUE, UNKNOWN } from "./operations.js";

/** A list of host patterns: names by hash, `*.name` by the labels of the host, blocks of addresses one by one. */
export class HostSet {
  readonly #node: Expression;
  readonly #hosts: Made<readonly AddressPattern[]>;
  #names: Set<string> | undefined;
  #below: Set<string> | undefined;
  #blocks: AddressPattern[] | undefined;

  constructor(node: Expression, hosts: Made<readonly AddressPattern[]>) {
    this.#node = node;
    this.#hosts = hosts;
  }

  /** Most sets are answered by a column, and never asked: the patterns are not kept for it. */
  get #patterns(): readonly AddressPattern[] {
    const patterns = this.#hosts.make(this.#node);
    if (patterns === undefined) throw new TypeError("a set of hosts is made of a list of hosts");
    return patterns;
  }

  /** Its patterns as texts; undefined where some are blocks of addresses, which no text stands for. */
  get keys(): readonly string[] | undefined {
    const keys: string[] = [];
    for (const pattern of this.#patterns) {
      if (pattern.kind === "block") return undefined;
      keys.push(formatHostPattern(pattern.pattern));
    }
    return keys;
  }

  /** Sorted when a host is looked up first. */
  #sort(): Set<string> {
    const names = new Set<string>();
    for (const pattern of this.#patterns) {
      if (pattern.kind === "block") (this.#blocks ??= []).push(pattern);
      else (pattern.pattern.below ? (this.#below ??= new Set()) : names).add(pattern.pattern.suffix);
    }
    this.#names = names;
    return names;
  }

  /** Whether any pattern fits a canonical host; unknown where one block cannot tell and no other pattern fits. */
  holds(host: string): number {
    if ((this.#names ?? this.#sort()).has(host)) return TRUE;
    const below = this.#below;
    if (below !== undefined) {
      // One or more labels before the name: the first dot is not at the head.
      for (let dot = host.indexOf(".", 1); dot >= 0; dot = host.indexOf(".", dot + 1))
        if (below.has(host.slice(dot + 1))) return TRUE;
    }
    if (this.#blocks === undefined) return FALSE;
    let truth = FALSE;
    for (const block of this.#blocks) {
      const fits = addressMatches(host, block);
      if (fits === true) return TRUE;
      if (fits === undefined) truth = UNKNOWN;
    }
    return truth;
  }
}
