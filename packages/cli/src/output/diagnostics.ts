import { renderDiagnostics, type Diagnostic } from "@writ/policy";
import type { Compiled } from "../compile-input.js";
import { count } from "./text.js";

/** The diagnostics of one file as text, and nothing where there are none. */
export function describeDiagnostics({ compilation, path }: Compiled, color: boolean): string {
  if (compilation.diagnostics.length === 0) return "";
  return `${renderDiagnostics(compilation.diagnostics, compilation.sources, { color, path })}\n\n`;
}

/** `2 errors, 1 warning`. */
export function countDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const warnings = diagnostics.length - errors;
  return [...(errors > 0 ? [count(errors, "error")] : []), ...(warnings > 0 ? [count(warnings, "warning")] : [])].join(", ");
}
