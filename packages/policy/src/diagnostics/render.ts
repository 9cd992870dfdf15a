import type { SourceFile } from "../source/source-file.js";
import type { Diagnostic, DiagnosticSpan } from "./diagnostic.js";

export interface RenderOptions {
  /** ANSI colours; default none. */
  readonly color?: boolean;
  /** How many are shown before the rest is only counted; default 50. */
  readonly max?: number;
  /** How a source's name is shown; by default as it is, relative to the folder of the entry. */
  readonly path?: (name: string) => string;
}

const MAX_WIDTH = 160;

/**
 * Diagnostics as text: `file:line:column: error[E101]: message`, the line with a mark under the word, and help.
 * Control and direction characters of the source are shown escaped, so that a policy cannot write to the terminal.
 */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: readonly SourceFile[],
  options: RenderOptions = {},
): string {
  const files = new Map(sources.map((source) => [source.name, source]));
  const max = options.max ?? 50;
  const shown = diagnostics.slice(0, max).map((diagnostic) => renderOne(diagnostic, files, options));
  if (diagnostics.length > max) shown.push(`and ${diagnostics.length - max} more`);
  return shown.join("\n\n");
}

function renderOne(
  diagnostic: Diagnostic,
  files: ReadonlyMap<string, SourceFile>,
  { color, path = (name) => name }: RenderOptions,
): string {
  const paint = (code: string, text: string): string => (color === true ? `\u001b[${code}m${text}\u001b[0m` : text);
  const tone = diagnostic.severity === "error" ? "31" : "33";
  const { span } = diagnostic;
  const lines = [
    `${paint("1", `${escapeText(path(span.file))}:${span.line}:${span.column}`)}: ${paint(tone, `${diagnostic.severity}[${diagnostic.code}]`)}: ${escapeText(diagnostic.message)}`,
  ];
  const source = files.get(span.file);
  if (source !== undefined) lines.push(...excerpt(source, span, (text) => paint(tone, text)));
  if (diagnostic.suggestion !== undefined) lines.push(`  did you mean \`${escapeText(diagnostic.suggestion)}\`?`);
  if (diagnostic.help !== undefined) lines.push(`  help: ${escapeText(diagnostic.help)}`);
  for (const related of diagnostic.related ?? []) {
    lines.push(
      `  note: ${escapeText(related.message)} (${escapeText(path(related.span.file))}:${related.span.line}:${related.span.column})`,
    );
  }
  return lines.join("\n");
}

function excerpt(source: SourceFile, span: DiagnosticSpan, paint: (text: string) => string): string[] {
  const line = source.line(span.line);
  if (line.trim() === "") return [];
  const column = span.column - 1;
  // A long line is shown from a little before the word at fault.
  const from = column > MAX_WIDTH - 40 ? column - 40 : 0;
  const visible = line.slice(from, from + MAX_WIDTH);
  const before = escapeText(visible.slice(0, column - from).replaceAll("\t", "  "));
  const width = Math.max(1, Math.min(span.end - span.start, visible.length - (column - from)));
  const marked = escapeText(visible.slice(column - from, column - from + width).replaceAll("\t", "  "));
  const after = escapeText(visible.slice(column - from + width).replaceAll("\t", "  "));
  const number = String(span.line);
  const pad = " ".repeat(number.length);
  const head = from > 0 ? "…" : "";
  const tail = from + MAX_WIDTH < line.length ? "…" : "";
  return [
    ` ${number} | ${head}${before}${marked}${after}${tail}`,
    ` ${pad} | ${" ".repeat(head.length + columns(before))}${paint("^".repeat(Math.max(1, columns(marked))))}`,
  ];
}

/** Characters rather than UTF-16 units: what a terminal with a fixed width shows one after another. */
function columns(text: string): number {
  return Array.from(text).length;
}

/** Control, direction and invisible characters as `\u{...}`. */
export function escapeText(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
