import { canonicalHost } from "./host.js";
import { isPlainEmail } from "./plain.js";
import { hasControlOrSpace, hasInvisible } from "./text.js";
import { failed, same, type Reading } from "./value.js";

// RFC 5322 dot-atom, with letters beyond ASCII (RFC 6532). `%` and `!` are left out: old relays route by them.
const LOCAL = /^[\p{L}\p{M}\p{N}#$&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}#$&'*+/=?^_`{|}~-]+)*$/u;
const NAMED = /^[^<>@,;:\\"()[\]]{0,256}<([^<>]*)>$|^"[^"\\]{0,256}"\s*<([^<>]*)>$/;

/**
 * `Email`: one address, `local@domain` or `Name <local@domain>` (RFC 5322); canonical is the bare address with its
 * domain lower-case in punycode and the local part as written, since only its own server may fold it. Several
 * addresses, quoted local parts, comments, groups, routes and address literals are faults: mail software
 * reads them in different ways.
 */
export function readEmail(input: string, path: string): Reading {
  if (isPlainEmail(input)) return same(input);
  return parsedEmail(input, path);
}

/** The same of any text. */
export function parsedEmail(input: string, path: string): Reading {
  const wrong = (message: string): Reading => failed(path, "email", message);
  if (input.length > 512) return failed(path, "too_long", "an address has at most 512 characters");
  if (/\p{Cc}|\p{Zl}|\p{Zp}/u.test(input)) return wrong("an address holds no line breaks or control characters");
  const text = input.normalize("NFC").trim();
  const named = text.endsWith(">") ? NAMED.exec(text) : undefined;
  if (named === null) return wrong("expected one address, as local@domain or Name <local@domain>");
  const bare = named === undefined ? text : (named[1] ?? named[2] ?? "");
  const at = bare.lastIndexOf("@");
  if (at < 1 || bare.indexOf("@") !== at) return wrong("expected one address, as local@domain");
  const local = bare.slice(0, at);
  if (
    local.length > 64 ||
    local.includes("=?") ||
    hasControlOrSpace(local) ||
    hasInvisible(local) ||
    !LOCAL.test(local)
  ) {
    return wrong("the part before @ is a plain name: letters, digits and .#$&'*+/=?^_`{|}~-");
  }
  const domain = canonicalHost(bare.slice(at + 1));
  if (domain === undefined || domain.startsWith("[") || !domain.includes(".") || /^[\d.]+$/.test(domain)) {
    return wrong("the part after @ is a domain name");
  }
  return same(`${local}@${domain}`);
}

/** The part before the @ of a canonical address. */
export function emailLocal(email: string): string {
  return email.slice(0, email.lastIndexOf("@"));
}

/** The domain of a canonical address. */
export function emailDomain(email: string): string {
  return email.slice(email.lastIndexOf("@") + 1);
}
