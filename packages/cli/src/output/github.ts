import type { Compiled } from "../compile-input.js";
import { endOf } from "./place.js";
import { safe } from "./text.js";

/**
 * Diagnostics as workflow commands of GitHub Actions, a line each, which become annotations of a pull request
 * (docs.github.com, "Workflow commands for GitHub Actions"; escaping as in actions/toolkit, core/src/command.ts).
 */
export function githubAnnotations({ compilation, path }: Compiled): string {
  return compilation.diagnostics
    .map((one) => {
      const end = endOf(one.span, compilation.sources);
      const properties = {
        file: path(one.span.file).replaceAll("\\", "/"),
        line: one.span.line,
        ...(end.line === one.span.line ? { col: one.span.column, endColumn: end.column } : {}),
        endLine: end.line,
        title: `writ ${one.code}`,
      };
      const meant = one.suggestion === undefined ? [] : [`did you mean \`${one.suggestion}\`?`];
      const said = [one.message, ...meant, ...(one.help === undefined ? [] : [`help: ${one.help}`])]
        .map(safe)
        .join("\n");
      return `${command(one.severity, properties, said)}\n`;
    })
    .join("");
}

/** What is wrong with no place in a file. */
export function githubFault(message: string): string {
  return `${command("error", { title: "writ" }, safe(message))}\n`;
}

function command(name: string, properties: Readonly<Record<string, string | number>>, message: string): string {
  const pairs = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(safe(String(value)))}`);
  return `::${name} ${pairs.join(",")}::${escapeData(message)}`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
