import { sha256Hex } from "@writ/ir";
import type { Detector, Finding } from "./detector.js";

/** A word that stands nowhere by chance: the host plants it in its system prompt, and rules look for it in what goes out. */
export function canaryOf(session: string): string {
  return `canary-${sha256Hex(`canary\0${session}`).slice(0, 24)}`;
}

const LETTERS = /[\p{L}\p{N}]/u;

/**
 * Finds a canary however it is spaced, cased or punctuated, also backwards, in base64 and in hexadecimal. A canary that
 * is translated, summarised or enciphered another way is not seen.
 */
export function canaryDetector(canary: string): Detector {
  let known: ReturnType<typeof formsOf> | undefined;
  return (text) => {
    // Most sessions never ask.
    const { forms, encoded } = (known ??= formsOf(canary));
    const found: Finding[] = [];
    const { plain, places } = lettersOf(text);
    for (const form of forms) {
      for (let at = plain.indexOf(form); at >= 0; at = plain.indexOf(form, at + 1)) {
        found.push({
          kind: "canary",
          start: places[at] ?? 0,
          end: (places[at + form.length - 1] ?? 0) + 1,
          confidence: 1,
        });
      }
    }
    for (const form of encoded) {
      const at = text.indexOf(form);
      if (at >= 0) found.push({ kind: "canary", start: at, end: at + form.length, confidence: 1 });
    }
    return found;
  };
}

/** How a canary is written: in letters and digits, and in base64. */
function formsOf(canary: string): { readonly forms: readonly string[]; readonly encoded: readonly string[] } {
  const secret = canary.slice(canary.indexOf("-") + 1);
  return {
    forms: [secret, secret.split("").toReversed().join(""), hex(secret)],
    encoded: [0, 1, 2].map((shift) => base64Core(secret, shift)),
  };
}

/** The letters and digits of a text in lower case, and where each stood. */
function lettersOf(text: string): { readonly plain: string; readonly places: readonly number[] } {
  let plain = "";
  const places: number[] = [];
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charAt(i).normalize("NFKC").toLowerCase();
    if (char.length !== 1 || !LETTERS.test(char)) continue;
    plain += char;
    places.push(i);
  }
  return { plain, places };
}

function hex(text: string): string {
  return text
    .split("")
    .map((char) => char.charCodeAt(0).toString(16))
    .join("");
}

/** What base64 of any text that holds this one has in common, at one of the three ways it can fall on the groups. */
function base64Core(text: string, shift: number): string {
  const coded = btoa(" ".repeat(shift) + text);
  const skip = shift === 0 ? 0 : shift + 1;
  const whole = Math.floor(((shift + text.length) * 8) / 6);
  return coded.slice(skip, whole);
}
