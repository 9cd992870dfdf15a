import { compileGlob, globMatches, type Glob } from "./glob.js";
import { formatHostPattern, hostMatches, parseHostPattern, type HostPattern } from "./host.js";
import { readUrl, urlHost, urlPath, urlPort, urlScheme } from "./url.js";

/** What an entry of `network [...]` admits. */
export interface EgressPattern {
  /** HTTP methods; every one where absent. */
  readonly methods: readonly string[] | undefined;
  readonly scheme: "http" | "https";
  readonly host: HostPattern;
  readonly port: number;
  /** A glob over the path as it is sent, percent-encoded; every one where absent. */
  readonly path: { readonly text: string; readonly glob: Glob } | undefined;
}

export type EgressReading =
  | { readonly ok: true; readonly pattern: EgressPattern }
  | { readonly ok: false; readonly reason: string };

const ENTRY = /^(?:([A-Z]+(?:,[A-Z]+)*) )?(?:(https?):\/\/)?([^/?#\s]+)(\/[^?#\s]*)?$/;
const PORTS = { http: 80, https: 443 } as const;

/** Methods that a request may have. `CONNECT` and `TRACE` are never sent. */
export const EGRESS_METHODS: readonly string[] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/**
 * Reads an entry of `network [...]`: a host (`acme.com`, `*.acme.com`), which is HTTPS on port 443 and nothing else; or a
 * URL without a query, `https://acme.com:8443/v1/**`, whose path is a glob. Before either may stand methods:
 * `GET,HEAD https://acme.com`.
 */
export function parseEgressPattern(text: string): EgressReading {
  const parts = text.length > 1024 ? null : ENTRY.exec(text);
  if (parts === null) return bad("it is neither a host nor a URL such as `GET https://acme.com/v1/**`");
  const [, methods, scheme, authority = "", path] = parts;
  if (scheme === undefined && path !== undefined)
    return bad("a path needs its scheme: write `https://` before the host");
  const [, name = "", digits] = /^(.*?)(?::([0-9]+))?$/.exec(authority) ?? [];
  if (scheme === undefined && digits !== undefined)
    return bad("a port needs its scheme: write `https://` before the host");
  const host = parseHostPattern(name);
  if (host === undefined) return bad("its host is neither a host nor `*.` and a host");
  const port = digits === undefined ? PORTS[scheme === "http" ? "http" : "https"] : Number(digits);
  if (!(port >= 1 && port <= 65_535)) return bad("its port is not one of 1 to 65535");
  const named = methods?.split(",");
  const odd = named?.find((method) => !EGRESS_METHODS.includes(method));
  if (odd !== undefined) return bad(`\`${odd}\` is not one of ${EGRESS_METHODS.join(", ")}`);
  const glob = path === undefined || path === "/**" ? undefined : compileGlob(path);
  if (glob?.ok === false) return bad(`its path is no glob: ${glob.message}`);
  return {
    ok: true,
    pattern: {
      methods: named === undefined ? undefined : [...new Set(named)].toSorted(),
      scheme: scheme === "http" ? "http" : "https",
      host,
      port,
      path: glob === undefined || path === undefined ? undefined : { text: path, glob: glob.glob },
    },
  };
}

function bad(reason: string): EgressReading {
  return { ok: false, reason };
}

/** The canonical text of an entry: a host alone where it says no more. */
export function formatEgressPattern({ methods, scheme, host, port, path }: EgressPattern): string {
  const before = methods === undefined ? "" : `${methods.join(",")} `;
  const name = formatHostPattern(host);
  if (scheme === "https" && port === PORTS.https && path === undefined) return before + name;
  return `${before}${scheme}://${name}${port === PORTS[scheme] ? "" : `:${port}`}${path?.text ?? ""}`;
}

// What software below may decode once more, or take out, is then another path than the one that was matched.
const DOUBTFUL_PATH = /%(?:25)*(?:2e|2f|5c|00)|\/\.\.?;/i;

/** Whether an entry admits a request of a method to a canonical `Url`. */
export function egressMatches(pattern: EgressPattern, method: string, url: string): boolean {
  if (urlScheme(url) !== pattern.scheme || urlPort(url) !== pattern.port) return false;
  if (pattern.methods !== undefined && !pattern.methods.includes(method)) return false;
  if (!hostMatches(urlHost(url), pattern.host)) return false;
  if (pattern.path === undefined) return true;
  const path = urlPath(url);
  return !DOUBTFUL_PATH.test(path) && globMatches(pattern.path.glob, path);
}

/**
 * Whether a list of `network [...]` admits a request of a method to a canonical `Url`. A URL in any other form, and an entry
 * that does not read, is admitted nothing.
 */
export function egressAdmits(network: readonly string[], method: string, url: string): boolean {
  const canonical = readUrl(url, "");
  if (!canonical.ok || canonical.wire !== url) return false;
  return network.some((entry) => {
    const read = parseEgressPattern(entry);
    return read.ok && egressMatches(read.pattern, method, url);
  });
}
