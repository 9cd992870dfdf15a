/** A name as SQL writes it: lower-case letters as they are, anything else in double quotes. */
export function identifier(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** The canonical name of a table: its parts as written, folded to lower case unless quoted. */
export function qualified(parts: readonly (string | undefined)[]): string {
  return parts.flatMap((part) => (part === undefined ? [] : [identifier(part)])).join(".");
}

/**
 * Whether two canonical tables are the same. Undefined, which is unknown to a rule, where one is the other with a schema
 * or a database before it: which table a bare name means is decided by `search_path`.
 */
export function equalTables(a: string, b: string): boolean | undefined {
  if (a === b) return true;
  return a.endsWith(`.${b}`) || b.endsWith(`.${a}`) ? undefined : false;
}
