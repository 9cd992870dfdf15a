import { sha256Hex } from "@writ/ir";

const EMPTY_ROOT = sha256Hex("");

/**
 * The right edge of an RFC 6962 Merkle tree: enough to add leaves and to give the root, in memory that grows
 * with the logarithm of the size. Hashes are 64 lower-case hexadecimal digits.
 */
export class MerkleFrontier {
  /** Roots of the perfect subtrees that the leaves so far make, largest first. */
  readonly #roots: string[];
  #size: number;

  /** Empty, or what {@link MerkleFrontier.roots} gave for a tree of that size. */
  constructor(from?: { readonly size: number; readonly frontier: readonly string[] }) {
    this.#roots = [...(from?.frontier ?? [])];
    this.#size = from?.size ?? 0;
  }

  get size(): number {
    return this.#size;
  }

  /** Roots of the perfect subtrees, largest first: as many as the size has one bits. */
  roots(): readonly string[] {
    return [...this.#roots];
  }

  /** Adds a leaf by its hash. */
  append(leaf: string): void {
    let hash = leaf;
    // Each trailing one bit of the size is a subtree that the new leaf completes. No bit operators: sizes pass 2^31.
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) hash = nodeHash(this.#roots.pop() ?? "", hash);
    this.#roots.push(hash);
    this.#size += 1;
  }

  /** The root of the tree so far; of no leaf, the hash of nothing. */
  root(): string {
    const roots = this.#roots;
    let hash = roots.at(-1);
    if (hash === undefined) return EMPTY_ROOT;
    for (let i = roots.length - 2; i >= 0; i -= 1) hash = nodeHash(roots[i] ?? "", hash);
    return hash;
  }
}

const scratch = new Uint8Array(65);
scratch[0] = 1;

/** RFC 6962 section 2.1: SHA-256 of a one byte and the two children. */
export function nodeHash(left: string, right: string): string {
  hexInto(left, 1);
  hexInto(right, 33);
  return sha256Hex(scratch);
}

function hexInto(hex: string, offset: number): void {
  for (let i = 0; i < 32; i += 1) {
    scratch[offset + i] = nibble(hex.charCodeAt(2 * i)) * 16 + nibble(hex.charCodeAt(2 * i + 1));
  }
}

function nibble(code: number): number {
  return code < 58 ? code - 48 : code - 87; // "0" to "9", "a" to "f"
}
