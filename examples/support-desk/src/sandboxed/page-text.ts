/** A page without its tags. As most readers of pages do, it keeps what a browser would not show. */
export function textOf(html: string): string {
  const text = html.replace(/<head>[^]*?<\/head>/g, "").replace(/<[^>]*>/g, "");
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("\n");
}
