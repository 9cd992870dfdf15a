import { digest, type Bundle, type Json } from "@writ/ir";
import { decodeBundle } from "@writ/ir/decode";
import { loadEngines } from "@writ/ir/values";
import { Report, type Diagnostic } from "./diagnostics/diagnostic.js";
import { lowerProgram } from "./lower/bundle.js";
import type { PolicyProof } from "./lower/proofs.js";
import type { PolicyTest } from "./lower/tests.js";
import { resolve } from "./semantics/resolve.js";
import { checkLocked, currentLock } from "./semantics/rules/locked.js";
import { readLock, writeLock } from "./source/lock.js";
import { beginning, load } from "./source/load.js";
import type { ModuleHost } from "./source/module-host.js";
import type { SourceFile } from "./source/source-file.js";

/** What a policy came to. Mistakes of the policy are values: there is a bundle only where there are no errors. */
export interface Compilation {
  /** Complete and portable, and accepted by `decodeBundle`. */
  readonly bundle?: Bundle;
  /** `sha256:` and the SHA-256 of the bundle's canonical bytes. */
  readonly digest?: string;
  /** Errors and warnings, in the order of files and places. */
  readonly diagnostics: readonly Diagnostic[];
  /** The inline tests of the entry; only where there are no errors. */
  readonly tests: readonly PolicyTest[];
  /** The `prove` statements of the entry, typed. This version proves none of them, which a tool that runs tests says aloud. */
  readonly proofs: readonly PolicyProof[];
  /** The lock of what comes from outside the folder as it is now; only where nothing but its absence or its age is wrong. */
  readonly lock?: string;
  /** Every file that was read, the entry first; spans of the bundle index them. */
  readonly sources: readonly SourceFile[];
}

/**
 * Compiles a policy: text to syntax, names to meanings, types and checks, and the bundle. `entry` is what the host
 * resolves without a `from`. It rejects only where the pattern engine cannot be loaded, never because of a policy.
 */
export async function compile(entry: string, host: ModuleHost): Promise<Compilation> {
  const report = new Report();
  const modules = load(entry, host, report);
  const mentions = (type: RegExp): boolean => modules.some((module) => type.test(module.file.text));
  // Literals of these types are read by their grammars, which take a moment to load.
  await loadEngines({ patterns: true, commands: mentions(/\bCommand\b/), sql: mentions(/\bSql\b/) });
  const sources = modules.map((module) => module.file);
  const program = resolve(modules, report);
  const lowered = program === undefined ? undefined : lowerProgram(program);
  // What is wrong with the lock alone does not keep from locking anew.
  const lock = program === undefined || report.hasErrors ? undefined : writeLock(currentLock(program));
  if (program !== undefined) checkLocked(program, readLock(host));
  const failed = (): Compilation => ({
    diagnostics: report.sorted(sources),
    tests: [],
    proofs: [],
    sources,
    ...(lock === undefined ? {} : { lock }),
  });
  if (program === undefined || lowered === undefined || report.hasErrors) return failed();

  if (!lowered.whole) {
    report.add("E508", program.entry.module.file, beginning(program.entry.module));
    return failed();
  }

  // The compiler's own output is held to what a runtime will demand of it.
  const decoded = decodeBundle(lowered.bundle);
  if (!decoded.ok || !isJson(decoded.value)) {
    const reason = decoded.ok ? "it is no JSON" : `${decoded.fault.path} ${decoded.fault.message}`.trim();
    report.add("E507", program.entry.module.file, beginning(program.entry.module), { reason });
    return failed();
  }
  return {
    bundle: decoded.value,
    digest: digest(decoded.value),
    diagnostics: report.sorted(sources),
    tests: lowered.tests,
    proofs: lowered.proofs,
    sources,
    ...(lock === undefined ? {} : { lock }),
  };
}

/** Decoding has made it JSON, which the type of a bundle does not say: optional keys are absent, never undefined. */
function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null;
}
