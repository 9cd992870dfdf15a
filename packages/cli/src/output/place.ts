import type { DiagnosticSpan, Position, SourceFile } from "@writ/policy";

/** Where a span ends, behind its last character; where it begins if its source was not read. */
export function endOf(span: DiagnosticSpan, sources: readonly SourceFile[]): Position {
  const source = sources.find(({ name }) => name === span.file);
  return source === undefined
    ? { line: span.line, column: span.column }
    : source.position(Math.max(span.start, span.end));
}
