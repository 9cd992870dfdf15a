/** One requirement of a conformance suite. `run` rejects with an {@link UnmetRequirement} when it is not met. */
export interface Case {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** An implementation does not do what every implementation must. */
export class UnmetRequirement extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UnmetRequirement";
  }
}

/** Where one implementation under test keeps its data: fresh for each case. */
export interface Place<T> {
  /** Opens it; after `close` again, with what was kept. */
  open(): Promise<T>;
  /** False when nothing outlives `close`: cases about re-opening are then left out of the case. */
  readonly persistent: boolean;
  /** True where it may be opened several times at once, as several processes do: cases about that are left out otherwise. */
  readonly shared?: boolean;
}

/** Requires a condition. */
export function requireThat(condition: boolean, message: string): asserts condition {
  if (!condition) throw new UnmetRequirement(message);
}

/** Requires two JSON values to be the same, members in any order. */
export function requireSame(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [ordered(actual), ordered(expected)];
  requireThat(a === b, `${what}: expected ${b}, got ${a}`);
}

/** Requires a rejection, and that its error has a `code` and a message, which is what callers act on. */
export async function requireRejection(work: Promise<unknown>, what: string): Promise<string> {
  try {
    await work;
  } catch (error) {
    const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
    requireThat(
      error instanceof Error && typeof code === "string" && error.message !== "",
      `${what}: rejected without a code and a message`,
    );
    return code;
  }
  throw new UnmetRequirement(`${what}: was accepted`);
}

function ordered(value: unknown): string {
  const text = JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
  return text ?? "undefined";
}
