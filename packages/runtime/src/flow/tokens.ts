import { Money, readValue, type NamedTypes } from "@writ/ir/values";
import type { Type } from "@writ/ir";

const NO_TYPES: NamedTypes = new Map();
const MAX_TOKENS = 4096;
const SEPARATORS = /[\s"'`“”‘’«»<>|]+/u;
const EDGES_LEFT = /^[([{,;:!?*]+/u;
const EDGES_RIGHT = /[)\]},;:.!?*…]+$/u;
const NUMBER_AND_CODE =
  /(?<![\p{L}\p{N}.,_+-])(?:([A-Z]{3}) ?)?(\d{1,15}(?:\.\d{1,4})?)(?: ?([A-Z]{3}))?(?![\p{L}\p{N}_%]|[.,]\d)/gu;

/** The name under which a typed value is found, equal for equal canonical values of one kind. */
export function typedKey(kind: string, canonical: string): string {
  return `${kind}:${canonical}`;
}

/** An amount as a key: minor units and currency, so that `20 USD` and `20.00 USD` are one. */
export function moneyKey(money: Money): string {
  return typedKey("Money", `${money.minor} ${money.currency}`);
}

/** What of a text is an address, a path, an instant or an amount, by its canonical value. `complete` is false where there was more than is looked at. */
export function typedTokens(text: string): { readonly keys: ReadonlySet<string>; readonly complete: boolean } {
  const keys = new Set<string>();
  let count = 0;
  for (const raw of rawTokens(text)) {
    for (const token of trimmed(raw)) {
      if (count >= MAX_TOKENS) return { keys, complete: false };
      count += 1;
      const kind = kindOf(token);
      const read = kind === undefined ? undefined : readValue({ kind }, token, NO_TYPES);
      if (kind !== undefined && read?.ok === true && (typeof read.value === "string" || typeof read.value === "number"))
        keys.add(typedKey(kind, String(read.value)));
    }
  }
  // Without a code there is no amount, and in a text so short no more of anything than is looked at.
  if (text.length <= MAX_TOKENS / 2 && !/[A-Z]{3}/.test(text)) return { keys, complete: true };
  for (const [, before, amount = "", after] of text.matchAll(NUMBER_AND_CODE)) {
    if (count >= MAX_TOKENS) return { keys, complete: false };
    count += 1;
    // With a code on both sides nobody can say which is meant.
    const currency = before === undefined ? after : after === undefined ? before : undefined;
    if (currency === undefined) continue;
    const read = readValue({ kind: "Money" }, { amount, currency }, NO_TYPES);
    if (read.ok && read.value instanceof Money) keys.add(moneyKey(read.value));
  }
  return { keys, complete: true };
}

/** What stands between separators and has a character in it without which it is none of these. */
function rawTokens(text: string): readonly string[] {
  return plainTokens(text) ?? text.split(SEPARATORS).filter((raw) => /[@/.:]/.test(raw));
}

/** The same of a text of ASCII alone, in one pass that cuts out nothing else; undefined for any other. */
function plainTokens(text: string): readonly string[] | undefined {
  const tokens: string[] = [];
  let from = 0;
  let marked = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 127) return undefined;
    const role = ROLES[code];
    if (role === MARK) marked = true;
    else if (role === SEPARATOR) {
      if (marked) tokens.push(text.slice(from, at));
      from = at + 1;
      marked = false;
    }
  }
  if (marked) tokens.push(text.slice(from));
  return tokens;
}

const MARK = 1;
const SEPARATOR = 2;
/** Of each ASCII character what it is to a token. */
const ROLES = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  return /[@/.:]/.test(char) ? MARK : SEPARATORS.test(char) ? SEPARATOR : 0;
});

/** A token without the punctuation around it; where brackets stand inside it, also what is between them. */
function* trimmed(raw: string): Iterable<string> {
  const trim = (token: string): string => token.replace(EDGES_LEFT, "").replace(EDGES_RIGHT, "");
  const whole = trim(raw);
  yield whole;
  if (/[()[\]{}]/u.test(whole)) for (const part of whole.split(/[()[\]{}]+/u)) yield trim(part);
}

function kindOf(token: string): Extract<Type["kind"], "Email" | "Url" | "Path" | "Time" | "Host"> | undefined {
  if (token.length > 4096 || token.length < 3) return undefined;
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//u.test(token)) return "Url";
  if (token.startsWith("/")) return "Path";
  if (token.includes("@")) return "Email";
  if (/^\d{4}-\d\d-\d\dT/u.test(token)) return "Time";
  // `20.50` is a number; as a host it would be an address.
  return /^\d+(?:\.\d+){3}$|^(?=.*\p{L})[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+$/u.test(token) ? "Host" : undefined;
}
