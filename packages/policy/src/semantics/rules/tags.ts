import { suggest } from "../../diagnostics/suggest.js";
import type { Report } from "../../diagnostics/diagnostic.js";
import type { SourceFile } from "../../source/source-file.js";
import type { Annotation, Declaration } from "../../syntax/ast.js";
import type { Program } from "../resolve.js";

/** Families of controls that are known by name; another is a warning, not an error. */
export const TAG_FAMILIES = [
  "owasp",
  "soc2",
  "iso27001",
  "iso42001",
  "nist",
  "mitre",
  "cis",
  "pci",
  "hipaa",
  "gdpr",
  "euaiact",
  "ticket",
  "owner",
] as const;

const MAX_TAGS = 64;
const MAX_VALUE = 256;

/** W501 and E127: controls of a known family, each with what it means, and no more than a bundle holds. */
export function checkAnnotations(annotations: readonly Annotation[], program: Program): void {
  const { report } = program;
  const { file } = program.entry.module;
  for (const { name, values, at } of annotations) {
    if (name.text === "shadow") {
      if (values.length > 0) report.add("E127", file, at, { what: "`@shadow`", reason: "without a value in brackets" });
      continue;
    }
    if (!TAG_FAMILIES.some((family) => family === name.text)) {
      const meant = suggest(name.text, [...TAG_FAMILIES, "shadow"]);
      report.add("W501", file, name.at, { name: name.text, list: TAG_FAMILIES }, { suggestion: meant });
    }
    if (values.length === 0)
      report.add("E127", file, at, { what: `\`@${name.text.slice(0, 40)}\``, reason: "without the control it names" });
    if (values.length > MAX_TAGS || values.some((value) => value === "" || value.length > MAX_VALUE))
      report.add("E127", file, at, {
        what: `\`@${name.text.slice(0, 40)}\``,
        reason: `not between one and ${MAX_TAGS} texts of up to ${MAX_VALUE} characters`,
      });
  }
  const last = annotations.at(-1);
  if (last !== undefined && annotations.length > MAX_TAGS)
    report.add("E127", file, last.at, { what: "the number of tags", reason: `more than ${MAX_TAGS}` });
}

/** E512: only a rule can be in the shadow, or be tied to a control; above anything else it would be ignored. */
export function checkAnnotated(node: Declaration, file: SourceFile, report: Report): void {
  if (node.kind === "flow" || (node.kind === "rule" && node.rule !== "endorse")) return;
  const what = node.kind === "rule" ? node.rule : node.kind;
  for (const { name, at } of node.annotations) report.add("E512", file, at, { name: `@${name.text}`, what });
}
