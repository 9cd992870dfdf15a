import type { Finding } from "./detector.js";
import { findBy, type Rule } from "./patterns.js";

/** The check digit of ISO/IEC 7812-1 (Luhn). */
export function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits.charAt(digits.length - 1 - i));
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return digits.length > 0 && sum % 10 === 0;
}

/** Card numbers begin with a range of a card network (ISO/IEC 7812 issuer identification numbers). */
const NETWORK =
  /^(?:4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01])\d{13}|2720\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|6(?:011|5\d{2}|4[4-9]\d)\d{12,15}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17})$/;

const CARDS: readonly Rule[] = [
  {
    kind: "card",
    confidence: 0.95,
    pattern: /(?<![\d.,-])\d(?:[ \u00a0-]?\d){12,18}(?![\d]|[.,-]\d)/g,
    check: (found) => {
      const digits = found.replace(/\D/g, "");
      return NETWORK.test(digits) && luhn(digits) && new Set(digits).size > 1;
    },
  },
];

/** Payment card numbers, with spaces or hyphens, by network prefix and check digit. */
export function findCards(text: string): readonly Finding[] {
  return findBy(CARDS, text);
}

/** Lengths of IBANs by country (SWIFT IBAN registry). */
const IBAN_LENGTHS = new Map(
  (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 " +
    "IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 " +
    "SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"
  )
    .split(" ")
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))] as const),
);

/** ISO 13616: the country's length, and the remainder 1 of ISO 7064 MOD 97-10. */
export function isIban(text: string): boolean {
  const iban = text.replace(/[ \u00a0-]/g, "").toUpperCase();
  if (IBAN_LENGTHS.get(iban.slice(0, 2)) !== iban.length) return false;
  let rest = 0;
  for (const char of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(char, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

const IBAN = /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]){11,30}/gi;

/** International bank account numbers, together or in groups. */
export function findIbans(text: string): readonly Finding[] {
  const out: Finding[] = [];
  for (const match of text.matchAll(IBAN)) {
    // What follows in the same sentence may look like more of it: the country says where it ends.
    const wanted = IBAN_LENGTHS.get(match[0].slice(0, 2).toUpperCase()) ?? 0;
    let end = 0;
    for (let count = 0; end < match[0].length && count < wanted; end += 1)
      if (/[A-Za-z0-9]/.test(match[0].charAt(end))) count += 1;
    const after = text.charAt(match.index + end);
    if (isIban(match[0].slice(0, end)) && !/[A-Za-z0-9]/.test(after))
      out.push({ kind: "iban", start: match.index, end: match.index + end, confidence: 0.99 });
  }
  return out;
}

const EMAILS: readonly Rule[] = [
  {
    kind: "email",
    confidence: 0.95,
    pattern:
      /(?<![\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-])[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}[\p{L}]{2,24}(?![\p{L}\p{N}])/gu,
  },
];

/** Addresses of the form `local@domain.tld`. */
export function findEmails(text: string): readonly Finding[] {
  return findBy(EMAILS, text);
}

const PHONES: readonly Rule[] = [
  // E.164 with its plus, in any grouping.
  { kind: "phone", confidence: 0.9, pattern: /(?<![\d+])\+[1-9]\d{0,2}(?:[ \u00a0.()/-]{0,2}\d){6,13}(?!\d)/g },
  // North American numbering plan, grouped.
  {
    kind: "phone",
    confidence: 0.8,
    pattern: /(?<![\d-])(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])[2-9]\d{2}[ .-]\d{4}(?![\d-])/g,
  },
];

/** Telephone numbers: international with a plus, or grouped as in North America. Local numbers of other countries are not seen. */
export function findPhones(text: string): readonly Finding[] {
  return findBy(PHONES, text);
}
