import { isAbsolute, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { CATALOG, CODES, type Diagnostic, type DiagnosticSpan, type SourceFile } from "@writ/policy";
import type { Compiled } from "../compile-input.js";
import { version } from "../version.js";
import { endOf } from "./place.js";

const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/**
 * Everything said of some policies as one log of SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format"),
 * with every diagnostic there is as a rule. `faults` are what kept files from being looked at.
 */
export function sarifLog(files: readonly Compiled[], faults: readonly string[]): object {
  return {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "writ", version: version(), rules: CODES.map(rule) } },
        columnKind: "utf16CodeUnits",
        invocations: [
          {
            executionSuccessful: faults.length === 0,
            ...(faults.length === 0
              ? {}
              : { toolExecutionNotifications: faults.map((text) => ({ level: "error", message: { text } })) }),
          },
        ],
        results: files.flatMap((file) => file.compilation.diagnostics.map((one) => result(one, file))),
      },
    ],
  };
}

function rule(code: (typeof CODES)[number]): object {
  const { severity, title, explanation, example } = CATALOG[code];
  return {
    id: code,
    shortDescription: { text: title },
    fullDescription: { text: explanation },
    help: {
      text: `${explanation}\n\nFor example:\n\n${example}`,
      markdown: `${explanation}\n\nFor example:\n\n\`\`\`policy\n${example}\n\`\`\``,
    },
    defaultConfiguration: { level: severity },
    properties: { tags: ["security"] },
  };
}

function result(one: Diagnostic, { compilation, path }: Compiled): object {
  const { sources } = compilation;
  const said = [one.message, ...(one.suggestion === undefined ? [] : [`did you mean \`${one.suggestion}\`?`])];
  if (one.help !== undefined) said.push(`help: ${one.help}`);
  return {
    ruleId: one.code,
    ruleIndex: CODES.indexOf(one.code),
    level: one.severity,
    message: { text: said.join("\n") },
    locations: [location(one.span, sources, path)],
    ...(one.related === undefined
      ? {}
      : {
          relatedLocations: one.related.map(({ span, message }, id) => ({
            id,
            ...location(span, sources, path),
            message: { text: message },
          })),
        }),
    ...(one.fix === undefined ? {} : { fixes: [fix(one, one.fix, sources, path)] }),
  };
}

function location(span: DiagnosticSpan, sources: readonly SourceFile[], path: Compiled["path"]): object {
  return { physicalLocation: { artifactLocation: { uri: uri(path(span.file)) }, region: region(span, sources) } };
}

function region(span: DiagnosticSpan, sources: readonly SourceFile[]): object {
  const end = endOf(span, sources);
  return { startLine: span.line, startColumn: span.column, endLine: end.line, endColumn: end.column };
}

function fix(
  one: Diagnostic,
  { edits }: NonNullable<Diagnostic["fix"]>,
  sources: readonly SourceFile[],
  path: Compiled["path"],
): object {
  const source = sources.find(({ name }) => name === one.span.file);
  return {
    artifactChanges: [
      {
        artifactLocation: { uri: uri(path(one.span.file)) },
        replacements: edits.map(({ start, end, text }) => ({
          deletedRegion: region(
            { file: one.span.file, start, end, ...(source?.position(start) ?? { line: 1, column: 1 }) },
            sources,
          ),
          insertedContent: { text },
        })),
      },
    ],
  };
}

/** A path as a reference of RFC 3986, relative where the path is. */
function uri(path: string): string {
  if (isAbsolute(path)) return pathToFileURL(path).href;
  return path.split(sep).map(encodeURIComponent).join("/");
}
