import { readFileSync } from "node:fs";

/** A JSON Schema, as far as constructs are read from one. */
interface Schema {
  readonly $ref?: string;
  readonly const?: string | number | boolean;
  readonly enum?: readonly string[];
  readonly properties?: { readonly [name: string]: Schema };
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly $defs?: { readonly [name: string]: Schema };
}

const root = JSON.parse(readFileSync(new URL("../../ir/schemas/bundle.json", import.meta.url), "utf8")) as Schema;

/** Members that say nothing of the language. */
const SILENT = new Set(["at", "format", "sources", "value", "onError", "total", "name", "digest"]);

/**
 * Visits a schema beside a value, telling of each construct by a name: a kind or operator (`Expression.op=and`), a word
 * (`tools.effects=pay`), a member that is there and holds something (`rules.isolate`). Without a value it tells of all
 * that the schema knows.
 */
function visit(
  schema: Schema,
  path: string,
  value: unknown,
  all: boolean,
  tell: (name: string) => void,
  seen: Set<string>,
): void {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split("/").at(-1) ?? "";
    const target = root.$defs?.[name];
    if (target === undefined || name === "Json" || name === "Span" || (all && seen.has(name))) return;
    seen.add(name);
    return visit(target, name, value, all, tell, seen);
  }
  if (schema.const !== undefined && (all || value === schema.const)) tell(`${path}=${String(schema.const)}`);
  for (const one of schema.enum ?? []) if (all || value === one) tell(`${path}=${one}`);
  const branches = [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])];
  for (const branch of branches) if (all || fits(branch, value)) visit(branch, path, value, all, tell, seen);
  if (schema.items !== undefined)
    for (const item of all ? [undefined] : Array.isArray(value) ? value : [])
      visit(schema.items, path, item, all, tell, seen);
  const kind = schema.properties?.["kind"] ?? schema.properties?.["op"];
  // A member that several kinds of rule or of limit have is one construct.
  const shared = /\.(rules|limits|transforms|steps)$/.test(path);
  const base = kind?.const === undefined || shared ? path : `${path}:${String(kind.const)}`;
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    if (SILENT.has(name)) continue;
    const inner: unknown = all ? undefined : Reflect.get(Object(value), name);
    if (!all && isNothing(inner)) continue;
    if (name === "kind" || name === "op") visit(member, path, inner, all, tell, seen);
    else {
      tell(`${base}.${name}`);
      visit(member, `${base}.${name}`, inner, all, tell, seen);
    }
  }
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === false || (Array.isArray(value) && value.length === 0);
}

/** Whether a value is of a branch, by what tells branches apart. */
function fits(branch: Schema, value: unknown): boolean {
  const { properties } = branch;
  if (properties === undefined)
    return branch.const === undefined ? typeof value !== "string" || branch.enum !== undefined : value === branch.const;
  for (const name of ["op", "kind"]) {
    const tag = properties[name];
    if (tag === undefined) continue;
    const found: unknown = Reflect.get(Object(value), name);
    return tag.const === undefined ? (tag.enum ?? []).some((one) => one === found) : tag.const === found;
  }
  return true;
}

/** Every construct that a bundle can hold. */
export function everyConstruct(): ReadonlySet<string> {
  const out = new Set<string>();
  visit(root, "bundle", undefined, true, (name) => out.add(name), new Set());
  return out;
}

/** The constructs of a part of a bundle: `section` is a member of it, `value` all of it or some of its elements. */
export function constructsOf(section: string, value: unknown): ReadonlySet<string> {
  const out = new Set<string>();
  const schema = root.properties?.[section];
  if (schema === undefined || SILENT.has(section) || isNothing(value)) return out;
  out.add(`bundle.${section}`);
  visit(schema, `bundle.${section}`, value, false, (name) => out.add(name), new Set());
  return out;
}

/** The terminals of the grammar that can stand in a policy without its tests and proofs. */
export function grammarWords(): ReadonlySet<string> {
  const text = readFileSync(new URL("../../../spec/grammar.ebnf", import.meta.url), "utf8").replaceAll(
    /\/\*[^]*?\*\//g,
    "",
  );
  const words = new Set<string>();
  for (const production of text.split(/\n\n+/)) {
    const name = /^\s*(\w+)/.exec(production)?.[1] ?? "";
    if (["statement", "call", "proof", "test", "namedArgs", "recordValue"].includes(name)) continue;
    for (const [, word] of production.matchAll(/"([^"]+)"/g)) if (word !== undefined) words.add(word);
  }
  words.delete("prove");
  return words;
}

/** The words and signs of a policy, without its texts, comments and tests. */
export function wordsOf(policy: string): ReadonlySet<string> {
  const bare = policy.replaceAll(/"(?:[^"\\]|\\.)*"/g, " ").replaceAll(/#.*/g, " ");
  return new Set(bare.match(/[A-Za-z_][A-Za-z0-9_]*|=>|==|!=|<=|>=|->|\.\.|[^\sA-Za-z0-9_]/g) ?? []);
}
