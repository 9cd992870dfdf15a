import type { Place } from "../source/place.js";
import type { SourceFile } from "../source/source-file.js";
import { fixOf, type Fix } from "./fixes.js";
import { CATALOG, type Code, type Details, type Severity } from "./catalog.js";

/** Where a diagnostic points: UTF-16 offsets, end exclusive; line and column from 1. */
export interface DiagnosticSpan {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
}

/** Something the compiler says about a policy. */
export interface Diagnostic {
  readonly code: Code;
  readonly severity: Severity;
  readonly span: DiagnosticSpan;
  readonly message: string;
  readonly help?: string;
  /** What the name at `span` was probably meant to be: replace the span with it. */
  readonly suggestion?: string;
  /** Edits of the file that `span` is in which take the mistake away, where no thought is needed to apply them. */
  readonly fix?: Fix;
  readonly related?: readonly { readonly span: DiagnosticSpan; readonly message: string }[];
}

export interface Related {
  readonly file: SourceFile;
  readonly at: Place;
  readonly message: string;
}

/** The span of a place in its file. */
export function spanOf(file: SourceFile, at: Place): DiagnosticSpan {
  const { line, column } = file.position(at.start);
  return { file: file.name, start: at.start, end: Math.max(at.end, at.start), line, column };
}

/** Collects what is said in one compilation; the same thing at the same place is said once. */
export class Report {
  readonly #all = new Map<string, Diagnostic>();
  /** Beyond this many of either nobody reads on, and a hostile file should not fill the memory. */
  static readonly limit = 1000;
  // Counted apart from what is kept: an error that is not shown any more is still an error.
  readonly #count = { error: 0, warning: 0 };
  readonly #doubtful = new Map<string, readonly Place[]>();

  /** From here on nothing is said of these places of a file: something has been, and the rest may follow from it. */
  doubt(file: SourceFile, places: readonly Place[]): void {
    if (places.length > 0) this.#doubtful.set(file.id, places);
  }

  /** Says something; gives undefined, so that what has no result can end with it. */
  add(
    code: Code,
    file: SourceFile,
    at: Place,
    details: Details = {},
    more: { suggestion?: string | undefined; related?: readonly Related[] } = {},
  ): undefined {
    const entry = CATALOG[code];
    if (this.#count[entry.severity] >= Report.limit) return undefined;
    if (this.#doubtful.get(file.id)?.some((place) => at.start >= place.start && at.start < place.end) === true)
      return undefined;
    const message = entry.message(details);
    const key = `${code} ${file.id} ${at.start} ${at.end} ${message}`;
    if (this.#all.has(key)) return undefined;
    this.#count[entry.severity] += 1;
    const help = entry.help?.(details);
    const fix = fixOf(code, file, at, details, more.suggestion);
    this.#all.set(key, {
      code,
      severity: entry.severity,
      span: spanOf(file, at),
      message,
      ...(help === undefined || help === "" ? {} : { help }),
      ...(more.suggestion === undefined ? {} : { suggestion: more.suggestion }),
      ...(fix === undefined ? {} : { fix }),
      ...(more.related === undefined || more.related.length === 0
        ? {}
        : { related: more.related.map((one) => ({ span: spanOf(one.file, one.at), message: one.message })) }),
    });
    return undefined;
  }

  get hasErrors(): boolean {
    return this.#count.error > 0;
  }

  /** Everything said, in the order of files (as read) and places. */
  sorted(files: readonly SourceFile[]): readonly Diagnostic[] {
    const order = new Map(files.map((file, index) => [file.name, index]));
    const rank = (diagnostic: Diagnostic): number => order.get(diagnostic.span.file) ?? files.length;
    return [...this.#all.values()].toSorted(
      (a, b) =>
        rank(a) - rank(b) ||
        a.span.start - b.span.start ||
        a.span.end - b.span.end ||
        (a.code < b.code ? -1 : a.code > b.code ? 1 : 0),
    );
  }
}
