import { canonicalize, copyJson, type Json, type Type } from "@writ/ir";
import { readValue, type NamedTypes, type Value } from "@writ/ir/values";
import type * as Yaml from "yaml";
import { wireOf } from "../evaluate/wire.js";

/** A longer text is not taken apart. */
const MAX_CHARACTERS = 128 * 1024;
const MAX_DEPTH = 64;
const MAX_NODES = 20_000;

/** Reads a text as a declared type. Undefined where it is not sure what the text says. */
export type TextReader = (text: string, type: Type, types: NamedTypes) => Value | undefined;

let loading: Promise<TextReader | undefined> | undefined;

/** The reader of texts that hold YAML, JSON or lines. Loaded when it is first needed; without it such a text is read by nobody. */
export function textReader(): Promise<TextReader | undefined> {
  loading ??= import("yaml").then(
    (yaml) => (text, type, types) => readText(yaml, text, type, types),
    () => undefined,
  );
  return loading;
}

/** Whether a result is a text where its type is something else, which a text may hold. */
export function mayHold(content: unknown, type: Type | undefined, types: NamedTypes): content is string {
  if (typeof content !== "string" || type === undefined || content.length > MAX_CHARACTERS) return false;
  return !readValue(type, content, types, "").ok;
}

/**
 * The one thing of this type that a text says. Every way to read it that fits the type must give the same: what parses in
 * two ways is not parsed. Nothing may stand in the text that is not in the value, since that would be before the model
 * under labels that were never meant for it: no comment, no name given twice, no reference.
 */
function readText(yaml: typeof Yaml, text: string, type: Type, types: NamedTypes): Value | undefined {
  const readings = [...documents(yaml, text), ...lines(text, type, types)].flatMap((json) => {
    const read = readValue(type, json, types, "");
    return read.ok ? [read.value] : [];
  });
  const [first, ...others] = readings;
  if (first === undefined) return undefined;
  const said = canonicalize(wireOf(first, type, types));
  return others.every((other) => canonicalize(wireOf(other, type, types)) === said) ? first : undefined;
}

/** The text as one YAML document, which JSON is too: under both versions of the standard, whose scalars differ. */
function documents(yaml: typeof Yaml, text: string): readonly Json[] {
  if (!isPlain(yaml, text)) return [];
  return (["1.2", "1.1"] as const).flatMap((version) => {
    try {
      const json = documentOf(yaml, text, version);
      return json === undefined ? [] : [json];
    } catch {
      return []; // too deep for the stack, among other things
    }
  });
}

/** What stands in a document and not in its value, or makes a part of it stand for another. */
const HIDING: ReadonlySet<string | null> = new Set([
  "comment",
  "tag",
  "anchor",
  "alias",
  "directive-line",
  "byte-order-mark",
]);

/** The parser is recursive, and what is too deep for it ends the whole process: nothing goes to it that is deep. */
const MAX_FLOW = 32;
const MAX_INDENT = 128;
const MAX_LEXEMES = 60_000;

function isPlain({ Lexer, CST }: typeof Yaml, text: string): boolean {
  let [scalar, count, flow, onLine] = [false, 0, 0, 0];
  for (const lexeme of new Lexer().lex(text)) {
    const type: string | null = scalar ? "text" : CST.tokenType(lexeme);
    scalar = type === "scalar"; // a mark, which the text itself follows
    count += 1;
    if (type === "flow-map-start" || type === "flow-seq-start") flow += 1;
    if (type === "flow-map-end" || type === "flow-seq-end") flow = Math.max(0, flow - 1);
    if (type === "newline") onLine = 0;
    // `- - - x` is three lists.
    if (flow === 0 && (type === "seq-item-ind" || type === "explicit-key-ind" || type === "map-value-ind")) onLine += 1;
    const deep = flow > MAX_FLOW || onLine > MAX_FLOW || (type === "space" && lexeme.length > MAX_INDENT);
    if (deep || count > MAX_LEXEMES || HIDING.has(type)) return false;
  }
  return true;
}

function documentOf(yaml: typeof Yaml, text: string, version: "1.1" | "1.2"): Json | undefined {
  const parsed = yaml.parseDocument(text, {
    version,
    schema: version === "1.2" ? "core" : "yaml-1.1",
    merge: false,
    uniqueKeys: false, // its check takes the square of their number; they are looked at below
    strict: true,
    prettyErrors: false,
    logLevel: "error",
  });
  if (parsed.errors.length > 0 || parsed.warnings.length > 0) return undefined;
  let nodes = 0;
  let sound = true;
  yaml.visit(parsed, {
    Map: (_, { items }) => {
      const names = new Set(items.map(({ key }) => (yaml.isScalar(key) ? key.value : undefined)));
      if (names.size < items.length || [...names].some((name) => typeof name !== "string")) sound = false;
    },
    Node: () => {
      nodes += 1;
      return sound && nodes <= MAX_NODES ? undefined : yaml.visit.BREAK;
    },
    Scalar: (_, { value }) => {
      // A number that this machine cannot hold is another than the text says.
      if (typeof value === "number" && !(Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER))
        sound = false;
    },
  });
  if (!sound || nodes > MAX_NODES) return undefined;
  const copied = copyJson(parsed.toJS({ maxAliasCount: 0 }), {
    depth: MAX_DEPTH,
    nodes: MAX_NODES,
    bytes: 2 * MAX_CHARACTERS,
  });
  return copied.ok ? copied.value : undefined;
}

/** A list of scalars, one on each line. */
function lines(text: string, type: Type, types: NamedTypes): readonly Json[] {
  const actual = type.kind === "Named" ? types.get(type.name) : type;
  if (actual?.kind !== "List" || text === "") return [];
  const all = text.replace(/\r?\n$/u, "").split(/\r?\n/u);
  if (all.length > MAX_NODES || all.some((line) => line === "" || /[\r\u0085\u2028\u2029\v\f]/u.test(line))) return [];
  return [all];
}
