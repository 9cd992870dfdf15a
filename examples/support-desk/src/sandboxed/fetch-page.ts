import { textOf } from "./page-text.js";

/** The page fetch, as it runs in its sandbox: `fetch` is the sandbox's there, and asks the host's broker. */
export async function fetchPage({ url }: { readonly url: string }): Promise<string> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return textOf(await response.text());
}
