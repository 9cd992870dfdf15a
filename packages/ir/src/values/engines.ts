import { commandParserLoaded, loadCommandParser } from "./command/engine.js";
import { loadSqlParser } from "./sql/engine.js";

/**
 * Libraries that most calls do not need: RE2 patterns (re2js, a port of Google's RE2 that runs in linear time), the
 * public suffix list (tldts), the shell grammar of `Command` and PostgreSQL's parser of `Sql`. They are loaded before
 * a bundle that needs them is used, so that deciding itself stays synchronous and a guard without them starts at once.
 */
export interface Pattern {
  /** Whether the whole text fits. */
  matches(text: string): boolean;
}

interface PatternLibrary {
  compile(pattern: string): Pattern;
}

interface DomainLibrary {
  getDomain(host: string): string | null;
}

let patterns: PatternLibrary | undefined;
let domains: DomainLibrary | undefined;

/** What can be loaded. */
export interface Engines {
  readonly patterns?: boolean;
  readonly domains?: boolean;
  readonly commands?: boolean;
  readonly sql?: boolean;
}

/** Loads what is named; each is loaded once. */
export async function loadEngines(needed: Engines): Promise<void> {
  if (needed.commands === true && !commandParserLoaded()) await loadCommandParser();
  if (needed.sql === true) await loadSqlParser();
  if (needed.patterns === true && patterns === undefined) {
    const { RE2JS } = await import("re2js");
    patterns = {
      compile: (pattern) => {
        const compiled = RE2JS.compile(pattern);
        return { matches: (text) => compiled.matches(text) };
      },
    };
  }
  if (needed.domains === true && domains === undefined) {
    const tldts = await import("tldts");
    domains = { getDomain: (host) => tldts.getDomain(host, { allowPrivateDomains: true, validateHostname: false }) };
  }
}

const MAX_PATTERN = 1024;

/** Compiles an RE2 pattern, or says what is wrong with it. Needs {@link loadEngines} with `patterns`. */
export function compilePattern(
  text: string,
): { readonly ok: true; readonly pattern: Pattern } | { readonly ok: false; readonly message: string } {
  if (patterns === undefined) return { ok: false, message: "the pattern engine is not loaded" };
  if (text.length > MAX_PATTERN) return { ok: false, message: `a pattern has at most ${MAX_PATTERN} characters` };
  try {
    return { ok: true, pattern: patterns.compile(text) };
  } catch (error) {
    const said = error instanceof Error ? error.message : "";
    return { ok: false, message: `not a pattern that runs in linear time (RE2 syntax): ${said}` };
  }
}

/**
 * The registrable domain of a canonical host by the public suffix list, private suffixes (`github.io`) included;
 * undefined for an address, a suffix itself, or where the list is not loaded.
 */
export function registrableDomain(host: string): string | undefined {
  if (host.startsWith("[") || /^[\d.]+$/.test(host)) return undefined;
  return domains?.getDomain(host) ?? undefined;
}
