import type { Type } from "../schema/type.js";
import { registrableDomain } from "./engines.js";
import { emailDomain, emailLocal } from "./email.js";
import { isPrivateHost } from "./host.js";
import { directory, extension, fileName } from "./path.js";
import { urlHost, urlPath, urlPort, urlPrivateHost, urlQuery, urlScheme } from "./url.js";
import type { Value } from "./value.js";

interface Member {
  readonly type: Type;
  /** The member of a canonical value; undefined where it has none, which is unknown to a rule. */
  readonly of: (value: string) => Value | undefined;
}

const text: Type = { kind: "Text" };
const host: Type = { kind: "Host" };
const bool: Type = { kind: "Bool" };

const MEMBERS: ReadonlyMap<string, ReadonlyMap<string, Member>> = new Map([
  ["Path", new Map<string, Member>([
    ["dir", { type: { kind: "Path" }, of: directory }],
    ["name", { type: { kind: "Line" }, of: fileName }],
    ["ext", { type: { kind: "Line" }, of: extension }],
  ])],
  ["Url", new Map<string, Member>([
    ["scheme", { type: text, of: urlScheme }],
    ["host", { type: host, of: (url) => urlHost(url) || undefined }],
    ["port", { type: { kind: "Int" }, of: urlPort }],
    ["path", { type: text, of: urlPath }],
    ["query", { type: text, of: urlQuery }],
    ["domain", { type: host, of: (url) => registrableDomain(urlHost(url)) }],
    ["private_host", { type: bool, of: urlPrivateHost }],
  ])],
  ["Host", new Map<string, Member>([
    ["domain", { type: host, of: registrableDomain }],
    ["private", { type: bool, of: isPrivateHost }],
  ])],
  ["Email", new Map<string, Member>([
    ["local", { type: text, of: emailLocal }],
    ["domain", { type: host, of: emailDomain }],
  ])],
]);

/** The type of a semantic type's member, or undefined where it has none of that name. */
export function memberOf(kind: string, name: string): Type | undefined {
  return MEMBERS.get(kind)?.get(name)?.type;
}

/** The names of a semantic type's members. */
export function membersOf(kind: string): readonly string[] {
  return [...(MEMBERS.get(kind)?.keys() ?? [])];
}

/** A member of a canonical value; undefined where the value has none. */
export function readMember(kind: string, name: string, value: Value): Value | undefined {
  return typeof value === "string" ? MEMBERS.get(kind)?.get(name)?.of(value) : undefined;
}
