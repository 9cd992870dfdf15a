/** A text within HTML or SVG, or within an attribute between double quotes. */
export function escapeText(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** The same of words for people, in which what stands between backticks is code. */
export function escapeWords(text: string): string {
  return escapeText(text).replaceAll(/`([^`]+)`/g, "<code>$1</code>");
}
