import type { Type } from "@writ/ir";
import { isPrivateHost, readMember, type Value } from "@writ/ir/values";
import type { ViewPart } from "./part.js";
import { unicodeHost } from "./punycode.js";
import { quote, word } from "./visible.js";

/** Scripts whose letters are taken for each other's. */
const SCRIPTS: readonly (readonly [string, RegExp])[] = [
  ["Latin", /\p{Script=Latin}/u],
  ["Cyrillic", /\p{Script=Cyrillic}/u],
  ["Greek", /\p{Script=Greek}/u],
  ["Armenian", /\p{Script=Armenian}/u],
  ["Cherokee", /\p{Script=Cherokee}/u],
];

/** The scripts of a text whose letters are taken for each other's; more than one in a name is a disguise. */
export function scriptsOf(text: string): readonly string[] {
  return SCRIPTS.flatMap(([name, letters]) => (letters.test(text) ? [name] : []));
}

/**
 * What is to be said of the hosts in a value: those of free text, which a reader may follow, those that a browser would
 * write in other letters, and those of this machine or a private network.
 */
export function hostParts(name: string, type: Type, value: Value | undefined): readonly ViewPart[] {
  if (typeof value !== "string") return [];
  const parts: ViewPart[] = [];
  const inText = type.kind === "Text" || type.kind === "Line";
  for (const host of new Set(hostsOf(type, value))) {
    const reads = unicodeHost(host);
    const own = isPrivateHost(host);
    const looksLike = reads !== host;
    if (!inText && !own && !looksLike) continue;
    const notes = [
      inText ? `leads to ${word(host)}` : `the host ${word(host)}`,
      ...(looksLike ? [`is written ${quote(reads)} (${scriptsOf(reads).join(", ") || "other letters"})`] : []),
      ...(own ? ["is on this machine or a private network"] : []),
    ];
    parts.push({
      kind: "host",
      name,
      host,
      ...(looksLike ? { reads } : {}),
      private: own,
      looksLike,
      text: notes.join(", "),
      quoted: true,
    });
  }
  const scripts = inText || type.kind === "Url" || type.kind === "Host" ? [] : scriptsOf(value);
  if (scripts.length > 1)
    parts.push({
      kind: "scripts",
      name,
      scripts,
      text: `letters of ${scripts.join(" and ")} in one name`,
      quoted: false,
    });
  return parts;
}

function hostsOf(type: Type, value: string): readonly string[] {
  switch (type.kind) {
    case "Host":
      return [value];
    case "Url":
      return textsIn(readMember("Url", "host", value));
    case "Email":
      return textsIn(readMember("Email", "domain", value));
    case "Text":
    case "Line": {
      const urls = readMember(type.kind, "urls", value);
      return Array.isArray(urls) ? urls.flatMap((url: Value) => textsIn(readMember("Url", "host", url))) : [];
    }
    default:
      return [];
  }
}

function textsIn(value: Value | undefined): readonly string[] {
  return typeof value === "string" && value !== "" ? [value] : [];
}
