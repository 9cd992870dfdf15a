/** What a terminal or a page would act on, or would not show, or would show in another order. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A text with everything in it to be seen: names and contents come from a hostile program and are shown to a person. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (char) => (char === "\t" ? char : `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`));
}
