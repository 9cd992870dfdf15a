/** Reads a page and gives its text without its tags. */
export async function fetchPage({ url }) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the page answered ${response.status}`);
  return (await response.text()).replaceAll(/<[^>]*>/g, "");
}
