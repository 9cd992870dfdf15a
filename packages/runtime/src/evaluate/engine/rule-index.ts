import type { Code } from "./code.js";
import type { Draft } from "./draft.js";
import type { Frame } from "./frame.js";
import * as op from "./operations.js";
import { append, PathTable } from "./path-table.js";
import { mostOf, type Claim } from "./slots.js";
import { isPlain } from "./quick.js";
import { isSureText } from "./sure.js";

/**
 * Finds the rules of one tool that may concern a call. A rule stands in one place, by one of its conjuncts; it is passed
 * over only where that conjunct is false. Where the value is not known, or is of another kind than the place is for,
 * every rule of the place is looked at, that conjunct included; where the rule was found by it, it is true.
 */
export class RuleIndex {
  /** The conjunct that each rule stands in its place by; undefined of one that stands in none. */
  readonly keys: readonly (Draft | undefined)[];
  readonly #places: readonly Place[];
  readonly #others: readonly number[];

  constructor(keys: readonly (Draft | undefined)[], places: readonly Place[], others: readonly number[]) {
    this.keys = keys;
    this.#places = places;
    this.#others = others;
  }

  /** Finds the rules that may not be false, ascending. */
  find(frame: Frame, found: Found): void {
    found.begin();
    if (this.#others.length > 0) found.takeAll(this.#others);
    const places = this.#places;
    for (let i = 0; i < places.length; i += 1) places[i]?.find(frame, found);
    found.end();
  }
}

/** Rules that were found in one call. */
export class Found {
  /** Their numbers, each twice, and one more where the conjunct that it was found by is true; what stands after `length` is of earlier calls. */
  readonly rules: number[] = [];
  length = 0;
  #sources = 0;

  begin(): void {
    this.length = 0;
    this.#sources = 0;
  }

  /** Rules that were found by what a value is. */
  take(rules: number | readonly number[]): void {
    this.#sources += 1;
    if (typeof rules === "number") this.rules[this.length++] = rules * 2 + 1;
    else for (let i = 0; i < rules.length; i += 1) this.rules[this.length++] = (rules[i] ?? 0) * 2 + 1;
  }

  /** Rules of which nothing is known yet. */
  takeAll(rules: readonly number[]): void {
    this.#sources += 1;
    for (let i = 0; i < rules.length; i += 1) this.rules[this.length++] = (rules[i] ?? 0) * 2;
  }

  /** Puts them in order, each once: a host may be found under its name and under `*.name`. */
  end(): void {
    const { rules, length } = this;
    if (this.#sources < 2 || length < 2) return;
    const sorted = rules.slice(0, length).toSorted((a, b) => a - b);
    let kept = 0;
    for (const rule of sorted)
      if (kept === 0 || rules[kept - 1] !== rule) {
        rules[kept] = rule;
        kept += 1;
      }
    this.length = kept;
  }
}

/** Rules by what one slot has to be. */
interface Place {
  find(frame: Frame, found: Found): void;
}

/** Fewer rules are looked at one after the other. */
const WORTHWHILE = 16;

/** How a rule could be found. */
interface Key {
  readonly draft: Draft;
  readonly kind: "text" | "number" | "path" | "host";
  readonly slot: number;
  readonly keys: readonly (string | number)[];
}

/** Makes an index; undefined where there are too few rules for one. */
export function indexRules(
  code: Code,
  rules: readonly (readonly Draft[])[],
  claimOf: (slot: number) => Claim | undefined,
): RuleIndex | undefined {
  if (rules.length < WORTHWHILE) return undefined;
  const offered = rules.map((conjuncts) => conjuncts.flatMap((draft) => keyOf(code, draft) ?? []));
  const uses = new Map<string, Map<string | number, number>>();
  for (const keys of offered)
    for (const key of keys) {
      const name = nameOf(key);
      const counts = uses.get(name) ?? new Map<string | number, number>();
      uses.set(name, counts);
      for (const one of key.keys) counts.set(one, (counts.get(one) ?? 0) + 1);
    }
  const places = new Map<string, Filling>();
  const others: number[] = [];
  const chosen: (Draft | undefined)[] = [];
  for (const [rule, keys] of offered.entries()) {
    const best = leastCrowded(keys, uses);
    chosen.push(best?.draft);
    if (best === undefined) {
      others.push(rule);
      continue;
    }
    const name = nameOf(best);
    const place = places.get(name) ?? FILLINGS[best.kind](best.slot);
    places.set(name, place);
    place.add(best.keys, rule);
  }
  for (const place of places.values()) place.settle(claimOf);
  return new RuleIndex(chosen, [...places.values()], others);
}

function nameOf({ kind, slot }: Key): string {
  return `${kind} ${slot}`;
}

/** The key of whose values the most used is used least. */
function leastCrowded(
  keys: readonly Key[],
  uses: ReadonlyMap<string, ReadonlyMap<string | number, number>>,
): Key | undefined {
  let [best, least]: [Key | undefined, number] = [undefined, Infinity];
  for (const key of keys) {
    const counts = uses.get(nameOf(key));
    let most = 0;
    for (const one of key.keys) most = Math.max(most, counts?.get(one) ?? 0);
    if (most < least) [best, least] = [key, most];
  }
  return best;
}

function keyOf(code: Code, draft: Draft): Key | undefined {
  const { operation, slot, constant } = draft;
  switch (operation) {
    case op.TEXT_EQUALS:
      return { draft, kind: "text", slot, keys: [code.texts[constant] ?? ""] };
    case op.TEXT_IN:
      return { draft, kind: "text", slot, keys: code.lists[constant] ?? [] };
    case op.NUMBER_EQUALS:
      return { draft, kind: "number", slot, keys: [code.numbers[constant] ?? 0] };
    case op.UNDER:
      return { draft, kind: "path", slot, keys: [code.texts[constant] ?? ""] };
    case op.HOST_IN: {
      const keys = code.hosts[constant]?.keys;
      return keys === undefined ? undefined : { draft, kind: "host", slot, keys };
    }
    default:
      return undefined;
  }
}

interface Filling extends Place {
  add(keys: readonly (string | number)[], rule: number): void;
  /** Makes ready what the first call would have to wait for; nothing is added after it. */
  settle(claimOf: (slot: number) => Claim | undefined): void;
}

const FILLINGS = {
  text: (slot: number): Filling => new EqualPlace(slot, "string"),
  number: (slot: number): Filling => new EqualPlace(slot, "number"),
  path: (slot: number): Filling => new PathPlace(slot),
  host: (slot: number): Filling => new HostPlace(slot),
};

/** By equality with texts, or with numbers. */
class EqualPlace implements Filling {
  readonly #slot: number;
  readonly #kind: "string" | "number";
  readonly #all: number[] = [];
  readonly #rules = new Map<string | number, number | number[]>();
  /** Where every text that stands here is canonical for a claim, so that a claim that is such a text is, too. */
  #claim: Claim | undefined;

  constructor(slot: number, kind: "string" | "number") {
    this.#slot = slot;
    this.#kind = kind;
  }

  add(keys: readonly (string | number)[], rule: number): void {
    this.#all.push(rule);
    for (const key of keys) append(this.#rules, key, rule);
  }

  find(frame: Frame, found: Found): void {
    const claim = this.#claim;
    if (claim !== undefined) {
      const given = frame.given(claim);
      if (typeof given === "string") {
        const rules = this.#rules.get(given);
        if (rules !== undefined) {
          found.take(rules);
          return;
        }
        if (isPlain(claim.kind, mostOf(claim.field.type), given)) return;
      }
    }
    const value = frame.value(this.#slot);
    if (typeof value === this.#kind && (typeof value === "string" || typeof value === "number")) {
      const rules = this.#rules.get(value);
      if (rules !== undefined) found.take(rules);
    } else found.takeAll(this.#all);
  }

  settle(claimOf: (slot: number) => Claim | undefined): void {
    const claim = claimOf(this.#slot);
    if (claim === undefined || this.#kind !== "string") return;
    for (const key of this.#rules.keys()) if (!isSureText(claim, key)) return;
    this.#claim = claim;
  }
}

class PathPlace implements Filling {
  readonly #slot: number;
  readonly #all: number[] = [];
  readonly #table = new PathTable();

  constructor(slot: number) {
    this.#slot = slot;
  }

  add(keys: readonly (string | number)[], rule: number): void {
    this.#all.push(rule);
    for (const key of keys) this.#table.add(String(key), rule);
  }

  find(frame: Frame, found: Found): void {
    const value = frame.value(this.#slot);
    if (typeof value === "string") this.#table.find(value, found);
    else found.takeAll(this.#all);
  }

  settle(): void {
    this.#table.settle();
  }
}

/** By the name of a host (`acme.com`), or by one it lies below (`*.acme.com`). */
class HostPlace implements Filling {
  readonly #slot: number;
  readonly #all: number[] = [];
  readonly #rules = new Map<string, number | number[]>();
  #below = false;

  constructor(slot: number) {
    this.#slot = slot;
  }

  add(keys: readonly (string | number)[], rule: number): void {
    this.#all.push(rule);
    for (const key of keys) {
      const name = String(key);
      this.#below ||= name.startsWith("*");
      append(this.#rules, name, rule);
    }
  }

  find(frame: Frame, found: Found): void {
    const host = frame.value(this.#slot);
    if (typeof host !== "string") {
      found.takeAll(this.#all);
      return;
    }
    const named = this.#rules.get(host);
    if (named !== undefined) found.take(named);
    if (!this.#below) return;
    for (let dot = host.indexOf(".", 1); dot >= 0; dot = host.indexOf(".", dot + 1)) {
      const below = this.#rules.get(`*${host.slice(dot)}`);
      if (below !== undefined) found.take(below);
    }
  }

  settle(): void {
    // A host is looked up by what stands here already.
  }
}
