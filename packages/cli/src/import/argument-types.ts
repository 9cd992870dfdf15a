import { isObject, own, ownList, ownObject, ownText, resolved, texts, type JsonObject } from "./imported-tool.js";
import { isName, wordsOf } from "./names.js";
import { literal } from "./plain-text.js";

/** The type of an argument or result, in the words of the language. */
export interface GuessedType {
  readonly text: string;
  /** Whether nothing, or null, may stand for it. */
  readonly optional: boolean;
  /** Whether the schema did not say it: it is taken from the name. */
  readonly guessed: boolean;
  /** Names inside it that no policy can declare. */
  readonly lost: readonly string[];
}

const MAX_DEPTH = 4;
const MAX_FIELDS = 100;
const MAX_ENUM = 64;
const MAX_LENGTH = 2 ** 31 - 1;
const FORMATS: Readonly<Record<string, string>> = {
  email: "Email",
  "idn-email": "Email",
  uri: "Url",
  url: "Url",
  iri: "Url",
  "date-time": "Time",
  hostname: "Host",
  "idn-hostname": "Host",
  ipv4: "Ip",
  ipv6: "Ip",
  uuid: "Id",
};
const JSON_TYPE: GuessedType = { text: "Json", optional: false, guessed: false, lost: [] };

/** A JSON Schema as a type: `name` is what it is the schema of, and decides where the schema says only "a text". */
export function typeOf(schema: unknown, name: string | undefined, root: JsonObject, depth = 0): GuessedType {
  const found = resolved(schema, root);
  if (!isObject(found) || depth > MAX_DEPTH) return JSON_TYPE;
  const choices = ownList(found, "anyOf") ?? ownList(found, "oneOf") ?? ownList(found, "allOf");
  const listed = own(found, "type");
  const kinds = Array.isArray(listed) ? texts(listed) : typeof listed === "string" ? [listed] : [];
  if (choices !== undefined && kinds.length === 0) return choiceOf(found, choices, name, root, depth);
  const nullable = kinds.includes("null") || own(found, "nullable") === true;
  const rest = kinds.filter((kind) => kind !== "null");
  const [kind] = rest;
  const type = rest.length > 1 ? JSON_TYPE : plainType(found, kind, name, root, depth);
  return nullable ? { ...type, optional: true } : type;
}

/** `anyOf` with null is an argument that may be left out; other choices can be anything. */
function choiceOf(
  schema: JsonObject,
  choices: readonly unknown[],
  name: string | undefined,
  root: JsonObject,
  depth: number,
): GuessedType {
  const real = choices.filter((choice) => own(resolved(choice, root), "type") !== "null");
  const optional = real.length < choices.length && own(schema, "allOf") === undefined;
  const [only] = real;
  const described = isObject(only) ? { description: own(schema, "description"), ...only } : only;
  const type = real.length === 1 ? typeOf(described, name, root, depth + 1) : JSON_TYPE;
  return optional ? { ...type, optional } : type;
}

function plainType(
  schema: JsonObject,
  kind: string | undefined,
  name: string | undefined,
  root: JsonObject,
  depth: number,
): GuessedType {
  const values = own(schema, "const") === undefined ? ownList(schema, "enum") : [own(schema, "const")];
  if (values !== undefined && (kind === undefined || kind === "string")) {
    const fixed = [...new Set(texts(values))];
    const optional = values.includes(null);
    if (
      fixed.length > 0 &&
      fixed.length + (optional ? 1 : 0) === new Set(values).size &&
      fixed.length <= MAX_ENUM &&
      fixed.every((value) => value.length <= 256)
    )
      return { text: fixed.map(literal).join(" | "), optional, guessed: false, lost: [] };
  }
  switch (kind) {
    case "string":
      return textType(schema, name);
    case "integer":
      return { ...JSON_TYPE, text: "Int" };
    case "number":
      return { ...JSON_TYPE, text: "Decimal" };
    case "boolean":
      return { ...JSON_TYPE, text: "Bool" };
    case "array": {
      const items = resolved(own(schema, "items"), root);
      const described = isObject(items) ? { description: own(schema, "description"), ...items } : items;
      const of = typeOf(described, name, root, depth + 1);
      // A list of what may be null cannot be said.
      return { ...of, text: of.optional ? "Json" : `[${of.text}]`, optional: false };
    }
    case "object":
      return recordType(schema, root, depth);
    default:
      return ownObject(schema, "properties") === undefined ? JSON_TYPE : recordType(schema, root, depth);
  }
}

function recordType(schema: JsonObject, root: JsonObject, depth: number): GuessedType {
  const fields = Object.entries(ownObject(schema, "properties") ?? {});
  if (fields.length === 0 || fields.length > MAX_FIELDS || depth >= MAX_DEPTH) return JSON_TYPE;
  // What may hold more than it says would be refused as a record.
  if (own(schema, "additionalProperties") === true || isObject(own(schema, "additionalProperties"))) return JSON_TYPE;
  const required = new Set(texts(ownList(schema, "required")));
  const names = fields.map(([name]) => name);
  if (names.length === 2 && names.includes("amount") && names.includes("currency") && required.size === 2)
    return { text: "Money", optional: false, guessed: true, lost: [] };
  const types = fields
    .filter(([name]) => isName(name))
    .map(([name, field]) => ({ name, type: typeOf(field, name, root, depth + 1) }));
  const lost = [...names.filter((name) => !isName(name)), ...types.flatMap(({ type }) => type.lost)];
  if (types.length === 0) return JSON_TYPE;
  const text = types
    .map(({ name, type }) => `${name}${type.optional || !required.has(name) ? "?" : ""}: ${type.text}`)
    .join(", ");
  return { text: `{ ${text} }`, optional: false, guessed: types.some(({ type }) => type.guessed), lost };
}

function textType(schema: JsonObject, name: string | undefined): GuessedType {
  const format = ownText(schema, "format") ?? "";
  const known = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (known !== undefined) return { ...JSON_TYPE, text: known };
  const guess = name === undefined ? undefined : textByName(name, ownText(schema, "description") ?? "");
  const max = own(schema, "maxLength");
  const bounded = typeof max === "number" && Number.isInteger(max) && max >= 1 && max <= MAX_LENGTH ? `<${max}>` : "";
  if (guess !== undefined && guess !== "Line") return { ...JSON_TYPE, text: guess, guessed: true };
  return { ...JSON_TYPE, text: `${guess ?? "Text"}${bounded}`, guessed: guess !== undefined };
}

/** What a text of this name probably is; a stricter type refuses more, so a wrong guess is seen and lets nothing by. */
function textByName(name: string, description: string): string | undefined {
  const words = wordsOf(name);
  const last = words.at(-1) ?? "";
  if (/^(?:url|uri|href|webhook|endpoint)$/.test(last)) return "Url";
  if (/^(?:path|filepath|cwd|dir|directory|workdir)$/.test(last)) return "Path";
  if (/^(?:emails?|mail)$/.test(last)) return "Email";
  if (
    /^(?:to|cc|bcc|recipients?|participants?|attendees|senders?|address(?:es)?)$/.test(last) &&
    /\be-?mails?\b/i.test(description)
  )
    return "Email";
  if (/^(?:host|hostname|domain)$/.test(last)) return "Host";
  if (last === "ip" || (last === "address" && words.at(-2) === "ip")) return "Ip";
  if (/^(?:command|cmd|shell)$/.test(last)) return "Command";
  if (last === "sql") return 'Sql<"postgresql">';
  if (/^(?:id|uuid|guid)$/.test(last)) return "Id";
  if (/^(?:subject|title|filename|name)$/.test(last)) return "Line";
  return undefined;
}
