/** What a message is filled with; which of these a code uses stands in its entry. */
export interface Details {
  readonly name?: string;
  readonly found?: string;
  readonly expected?: string;
  readonly reason?: string;
  readonly what?: string;
  readonly number?: number;
  readonly list?: readonly string[];
}

export type Severity = "error" | "warning";

/** One kind of diagnostic: what it says, what helps, and what `explain` tells at length. */
export interface CatalogEntry {
  readonly severity: Severity;
  readonly title: string;
  readonly message: (details: Details) => string;
  readonly help?: (details: Details) => string | undefined;
  readonly explanation: string;
  /** A few lines of policy that show it. */
  readonly example: string;
}

/** Checks an entry's shape and keeps its code's literal type. */
export function entries<const T extends Record<string, CatalogEntry>>(
  table: T,
): { readonly [K in keyof T]: CatalogEntry } {
  return table;
}

/** A name between backticks, short enough for a line. */
export function quote(text: string | undefined): string {
  const shown = text ?? "";
  return `\`${shown.length > 60 ? `${shown.slice(0, 60)}…` : shown}\``;
}
