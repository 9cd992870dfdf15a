import type { Type } from "../schema/type.js";
import { registrableDomain } from "./engines.js";
import { emailDomain, emailLocal } from "./email.js";
import { Command } from "./command/command.js";
import { isPrivateHost } from "./host.js";
import { directory, extension, fileName } from "./path.js";
import { isPrivateIp } from "./private-address.js";
import { urlsOf } from "./text-urls.js";
import { urlHost, urlPath, urlPort, urlPrivateHost, urlQuery, urlScheme } from "./url.js";
import { Sql } from "./sql/sql.js";
import { Word, type Value } from "./value.js";

interface Member {
  readonly type: Type;
  /** The member of a canonical value; undefined where it has none, which is unknown to a rule. */
  readonly of: (value: string) => Value | undefined;
}

const text: Type = { kind: "Text" };
const host: Type = { kind: "Host" };
const bool: Type = { kind: "Bool" };

const TEXT: ReadonlyMap<string, Member> = new Map<string, Member>([
  ["urls", { type: { kind: "List", of: { kind: "Url" } }, of: urlsOf }],
]);

const MEMBERS: ReadonlyMap<string, ReadonlyMap<string, Member>> = new Map([
  ["Text", TEXT],
  ["Line", TEXT],
  [
    "Path",
    new Map<string, Member>([
      ["dir", { type: { kind: "Path" }, of: directory }],
      ["name", { type: { kind: "Line" }, of: fileName }],
      ["ext", { type: { kind: "Line" }, of: extension }],
    ]),
  ],
  [
    "Url",
    new Map<string, Member>([
      ["scheme", { type: text, of: urlScheme }],
      ["host", { type: host, of: (url) => urlHost(url) || undefined }],
      ["port", { type: { kind: "Int" }, of: urlPort }],
      ["path", { type: text, of: urlPath }],
      ["query", { type: text, of: urlQuery }],
      ["domain", { type: host, of: (url) => registrableDomain(urlHost(url)) }],
      ["private_host", { type: bool, of: urlPrivateHost }],
    ]),
  ],
  [
    "Host",
    new Map<string, Member>([
      ["domain", { type: host, of: registrableDomain }],
      ["private", { type: bool, of: isPrivateHost }],
    ]),
  ],
  ["Ip", new Map<string, Member>([["private", { type: bool, of: isPrivateIp }]])],
  [
    "Email",
    new Map<string, Member>([
      ["local", { type: text, of: emailLocal }],
      ["domain", { type: host, of: emailDomain }],
    ]),
  ],
]);

const texts: Type = { kind: "List", of: text };
const int: Type = { kind: "Int" };

interface ParsedMember<T> {
  readonly type: Type;
  readonly of: (value: T) => Value | undefined;
}

const words = (list: readonly string[] | undefined, kind: Word["kind"]): readonly Value[] | undefined =>
  list?.map((one) => new Word(one, kind));

const COMMAND: ReadonlyMap<string, ParsedMember<Command>> = new Map<string, ParsedMember<Command>>([
  ["program", { type: text, of: ({ program }) => (program === undefined ? undefined : new Word(program, "program")) }],
  ["programs", { type: texts, of: ({ programs }) => words(programs, "program") }],
  ["args", { type: texts, of: ({ args }) => args }],
  ["flags", { type: texts, of: ({ flags }) => flags }],
  ["reads", { type: texts, of: ({ reads }) => reads }],
  ["writes", { type: texts, of: ({ writes }) => writes }],
  ["dynamic", { type: bool, of: ({ dynamic }) => dynamic }],
  ["pipes", { type: int, of: ({ pipes }) => pipes }],
]);

const SQL: ReadonlyMap<string, ParsedMember<Sql>> = new Map<string, ParsedMember<Sql>>([
  ["kind", { type: text, of: ({ kind }) => kind }],
  ["readonly", { type: bool, of: (sql) => sql.readonly }],
  ["tables", { type: texts, of: ({ tables }) => words(tables, "table") }],
  ["columns", { type: texts, of: ({ columns }) => columns }],
  ["statements", { type: int, of: ({ statements }) => statements }],
  ["limit", { type: int, of: ({ limit }) => limit }],
  ["filtered", { type: bool, of: ({ filtered }) => filtered }],
]);

/** The members of a kind, with their types. */
function tableOf(kind: string): ReadonlyMap<string, { readonly type: Type }> | undefined {
  if (kind === "Command") return COMMAND;
  return kind === "Sql" ? SQL : MEMBERS.get(kind);
}

/** The type of a semantic type's member, or undefined where it has none of that name. */
export function memberOf(kind: string, name: string): Type | undefined {
  return tableOf(kind)?.get(name)?.type;
}

/** The names of a semantic type's members. */
export function membersOf(kind: string): readonly string[] {
  return [...(tableOf(kind)?.keys() ?? [])];
}

/** A member of a canonical value; undefined where the value has none, or is none of that kind after all. */
export function readMember(kind: string, name: string, value: Value): Value | undefined {
  try {
    if (value instanceof Command) return kind === "Command" ? COMMAND.get(name)?.of(value) : undefined;
    if (value instanceof Sql) return kind === "Sql" ? SQL.get(name)?.of(value) : undefined;
    return typeof value === "string" ? MEMBERS.get(kind)?.get(name)?.of(value) : undefined;
  } catch {
    // A bundle by another hand may ask for the host of what is no address.
    return undefined;
  }
}
