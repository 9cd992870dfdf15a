/** The policy compiler: text to diagnostics to bundle. Reading files is on the entry `@writ/policy/node`. */
export { compile, type Compilation } from "./compile.js";
export {
  CATALOG,
  CODES,
  isCode,
  type CatalogEntry,
  type Code,
  type Details,
  type Severity,
} from "./diagnostics/catalog.js";
export type { Diagnostic, DiagnosticSpan } from "./diagnostics/diagnostic.js";
export type { Edit, Fix } from "./diagnostics/fixes.js";
export { escapeText, renderDiagnostics, type RenderOptions } from "./diagnostics/render.js";
export { format, type Formatted } from "./format/format.js";
export type { PolicyProof } from "./lower/proofs.js";
export type { PolicyTest, TestCall, TestStep } from "./lower/tests.js";
export {
  LOCK_FILE,
  memoryHost,
  type ModuleFailure,
  type ModuleHost,
  type ResolvedModule,
} from "./source/module-host.js";
export { SourceFile, type Position } from "./source/source-file.js";
export { createService, type PolicyService, type ServiceCheck } from "./service/service.js";
