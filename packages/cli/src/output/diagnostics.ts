import { renderDiagnostics, type Diagnostic, type DiagnosticSpan } from "@writ/policy";
import type { Compiled } from "../compile-input.js";
import { count } from "./text.js";

/**
 * The diagnostics of one file as text, and nothing where there are none. Where there are errors, warnings wait: many
 * follow from the error (the tool that a misspelt rule was meant for "has no rule"), and all come back with the next run.
 */
export function describeDiagnostics({ compilation, path }: Compiled, color: boolean): string {
  const { diagnostics, sources } = compilation;
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const shown = (errors.length > 0 ? errors : diagnostics).map(withHelp);
  return shown.length === 0 ? "" : `${renderDiagnostics(shown, sources, { color, path })}\n\n`;
}

/** `2 errors`, and how many warnings there are, shown or not. */
export function countDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const warnings = count(diagnostics.length - errors, "warning");
  if (errors === 0) return diagnostics.length === 0 ? "" : warnings;
  return diagnostics.length === errors
    ? count(errors, "error")
    : `${count(errors, "error")} (${warnings} held back until there are none)`;
}

/** All diagnostics as data, with the paths that a person at this prompt can open. */
export function jsonDiagnostics({ compilation, path }: Compiled): readonly Diagnostic[] {
  const moved = (span: DiagnosticSpan): DiagnosticSpan => ({ ...span, file: path(span.file) });
  return compilation.diagnostics.map((diagnostic) => {
    const related = diagnostic.related?.map(({ span, message }) => ({ span: moved(span), message }));
    return { ...withHelp(diagnostic), span: moved(diagnostic.span), ...(related === undefined ? {} : { related }) };
  });
}

function withHelp(diagnostic: Diagnostic): Diagnostic {
  return { ...diagnostic, help: diagnostic.help ?? `writ explain ${diagnostic.code} tells more` };
}
