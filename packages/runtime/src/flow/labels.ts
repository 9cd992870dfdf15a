import type { Bundle } from "@writ/ir";
import { GuardError } from "../errors.js";

/**
 * What is known of a piece of data: a level on each ordered scale, a set of categories, and who may read it. Levels are
 * indexes into the scale, 0 the lowest (for `integrity` the best). `readers: undefined` is everyone. Every set is written
 * with these three members in this order, none spread from another, so that to the engine all are of one shape.
 */
export interface LabelSet {
  readonly levels: readonly number[];
  /** A bit for each category, in the order of declaration. */
  readonly categories: bigint;
  /** Canonical texts; an empty set is nobody. */
  readonly readers: ReadonlySet<string> | undefined;
}

type Place =
  | { readonly kind: "level"; readonly scale: number; readonly level: number }
  | { readonly kind: "category"; readonly bit: bigint };

/** The label declarations of a policy, as a lattice (language.md section 6). */
export interface Lattice {
  readonly scales: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly categories: readonly string[];
  readonly places: ReadonlyMap<string, Place>;
  /** Index of the scale `integrity`; -1 where the policy declares none. */
  readonly integrity: number;
  /** What a policy's own words and the user's carry: every lowest level, no category, everyone. */
  readonly lowest: LabelSet;
  /** Nothing is declared: every set of labels is the same. */
  readonly trivial: boolean;
}

/** Builds the lattice. Throws a {@link GuardError} `policy_invalid` where a label has two meanings. */
export function latticeOf(bundle: Bundle): Lattice {
  const scales: { readonly name: string; readonly values: readonly string[] }[] = [];
  const categories: string[] = [];
  const places = new Map<string, Place>();
  const put = (name: string, place: Place): void => {
    if (places.has(name)) throw new GuardError("policy_invalid", `the label ${name} is declared twice`);
    places.set(name, place);
  };
  for (const { name, ordered, values } of bundle.labels) {
    if (ordered) {
      const scale = scales.push({ name, values }) - 1;
      for (const [level, value] of values.entries()) put(value, { kind: "level", scale, level });
    } else {
      for (const value of values) put(value, { kind: "category", bit: 1n << BigInt(categories.push(value) - 1) });
    }
  }
  return {
    scales,
    categories,
    places,
    integrity: scales.findIndex(({ name }) => name === "integrity"),
    lowest: { levels: scales.map(() => 0), categories: 0n, readers: undefined },
    trivial: places.size === 0,
  };
}

/** Levels and categories upward, readers by intersection. */
export function join(a: LabelSet, b: LabelSet): LabelSet {
  // Where one has all of the other it is the join itself: most joins of a session make nothing new.
  if (a === b || atMost(b, a)) return a;
  if (atMost(a, b)) return b;
  return {
    levels: a.levels.map((level, scale) => Math.max(level, b.levels[scale] ?? 0)),
    categories: a.categories | b.categories,
    readers: commonReaders(a.readers, b.readers),
  };
}

/** Those who are among both; undefined is everyone. */
export function commonReaders(a: LabelSet["readers"], b: LabelSet["readers"]): LabelSet["readers"] {
  if (a === undefined || a === b) return b;
  return b === undefined ? a : new Set([...a].filter((reader) => b.has(reader)));
}

/** The join where either may be unknown, which then the whole is. */
export function joinKnown(a: LabelSet | undefined, b: LabelSet | undefined): LabelSet | undefined {
  return a === undefined || b === undefined ? undefined : join(a, b);
}

/** The same labels with other readers. */
export function withReaders(labels: LabelSet, readers: LabelSet["readers"]): LabelSet {
  return labels.readers === readers ? labels : { levels: labels.levels, categories: labels.categories, readers };
}

/** `a` with the integrity level of the policy replaced. */
export function withIntegrity(lattice: Lattice, labels: LabelSet, level: number): LabelSet {
  if (lattice.integrity < 0 || labels.levels[lattice.integrity] === level) return labels;
  const levels = labels.levels.map((old, scale) => (scale === lattice.integrity ? level : old));
  return { levels, categories: labels.categories, readers: labels.readers };
}

/** {@link withIntegrity} of a set that is at hand for long: the same set each time, so that what was made of it is known again. */
export function atLevel(lattice: Lattice, labels: LabelSet, level: number): LabelSet {
  if (integrityOf(lattice, labels) === level) return labels;
  let known = levelled.get(labels);
  if (known?.lattice !== lattice) levelled.set(labels, (known = { lattice, sets: [] }));
  return (known.sets[level] ??= withIntegrity(lattice, labels, level));
}

/** Of a set under one lattice; a session's sets have one all their life. */
const levelled = new WeakMap<LabelSet, { readonly lattice: Lattice; readonly sets: (LabelSet | undefined)[] }>();

/** The integrity level; 0 where the policy declares none. */
export function integrityOf(lattice: Lattice, labels: LabelSet): number {
  return labels.levels[lattice.integrity] ?? 0;
}

/** The worst integrity level, `untrusted` in the standard library. */
export function worstIntegrity(lattice: Lattice): number {
  return Math.max(0, (lattice.scales[lattice.integrity]?.values.length ?? 1) - 1);
}

/** A set raised by names of labels; a name the lattice lacks is misuse of a bundle that was not checked. */
export function raise(lattice: Lattice, labels: LabelSet, names: Iterable<string>): LabelSet {
  let { categories } = labels;
  let levels: number[] | undefined;
  for (const name of names) {
    const place = lattice.places.get(name);
    if (place === undefined) throw new GuardError("policy_invalid", `the label ${name} is not declared`);
    if (place.kind === "category") categories |= place.bit;
    else if (((levels ?? labels.levels)[place.scale] ?? 0) < place.level) {
      levels ??= [...labels.levels];
      levels[place.scale] = place.level;
    }
  }
  if (levels === undefined && categories === labels.categories) return labels;
  return { levels: levels ?? labels.levels, categories, readers: labels.readers };
}

/** The integrity level that names ask for, the worst of several; undefined where none is one. */
export function integrityIn(lattice: Lattice, names: Iterable<string>): number | undefined {
  let worst: number | undefined;
  for (const name of names) {
    const place = lattice.places.get(name);
    if (place?.kind === "level" && place.scale === lattice.integrity) worst = Math.max(worst ?? 0, place.level);
  }
  return worst;
}

/** Whether labels hold a category, or are at a level or above it. */
export function reaches(lattice: Lattice, labels: LabelSet, name: string): boolean {
  const place = lattice.places.get(name);
  if (place === undefined) return true; // not of this policy: taken for the worst
  return place.kind === "category"
    ? (labels.categories & place.bit) !== 0n
    : (labels.levels[place.scale] ?? 0) >= place.level;
}

/** Whether labels ask for care: a category, or a level above the lowest on any scale but integrity. */
export function asksForCare(lattice: Lattice, labels: LabelSet): boolean {
  return labels.categories !== 0n || labels.levels.some((level, scale) => level > 0 && scale !== lattice.integrity);
}

/** Whether `a` is nowhere above `b`: what may flow to `b` may flow to `a`'s place too. */
export function atMost(a: LabelSet, b: LabelSet): boolean {
  if (a === b) return true;
  for (let scale = 0; scale < a.levels.length; scale += 1)
    if ((a.levels[scale] ?? 0) > (b.levels[scale] ?? 0)) return false;
  if (a.categories !== b.categories && (a.categories & ~b.categories) !== 0n) return false;
  const { readers } = a;
  if (readers === undefined || readers === b.readers) return true;
  if (b.readers === undefined) return false;
  for (const reader of b.readers) if (!readers.has(reader)) return false;
  return true;
}

/** The names of what is above the lowest, in the order of declaration: for records and for people. */
export function labelNames(lattice: Lattice, labels: LabelSet): readonly string[] {
  const levels = lattice.scales.flatMap(({ values }, scale) => {
    const level = labels.levels[scale] ?? 0;
    return level === 0 ? [] : [values[level] ?? ""];
  });
  return [...levels, ...lattice.categories.filter((_, i) => (labels.categories & (1n << BigInt(i))) !== 0n)];
}
