// A text, or a mark that opens, closes or parts. Everything else stands between and means nothing here.
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/g;

/**
 * Whether some object of a JSON text names a member twice. RFC 7519 section 4 lets a reader refuse such claims or take
 * the last; two readers of one token must not see two claims, so they are refused. The text must be JSON.
 */
export function repeatsNames(json: string): boolean {
  const open: (Set<string> | undefined)[] = [];
  let last: string | undefined;
  for (const [token] of json.matchAll(TOKEN)) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(undefined);
    else if (token === "}" || token === "]") open.pop();
    else if (token === ":" && last !== undefined) {
      const names = open.at(-1);
      const name: unknown = JSON.parse(last); // one name has many spellings: "\u0073ub"
      if (names !== undefined && typeof name === "string") {
        if (names.has(name)) return true;
        names.add(name);
      }
    }
    last = token.startsWith('"') ? token : undefined;
  }
  return false;
}
