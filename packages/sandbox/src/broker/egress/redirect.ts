import { Refusal } from "../refusal.js";
import { canonicalUrl } from "../arguments.js";
import { forOtherOrigin, withoutBody } from "./headers.js";
import type { Hop } from "./hop.js";

/** Redirects that one request of a program may take. */
export const MAX_REDIRECTS = 5;

/** The request that an answer leads to (Fetch standard, HTTP-redirect fetch); undefined where it leads nowhere. */
export function redirectOf(hop: Hop, status: number, location: string | undefined): Hop | undefined {
  if (location === undefined || ![301, 302, 303, 307, 308].includes(status)) return undefined;
  if (location.includes("[credential]")) throw new Refusal("it leads on with a credential in its URL");
  const url = canonicalUrl(absolute(location, hop.url), "the redirect");
  const headers = new URL(url).origin === new URL(hop.url).origin ? hop.headers : forOtherOrigin(hop.headers);
  const toGet = (status === 303 && hop.method !== "HEAD") || (status < 303 && hop.method === "POST");
  if (!toGet) return { ...hop, url, headers };
  return { method: "GET", url, headers: withoutBody(headers), body: undefined };
}

function absolute(location: string, base: string): string {
  try {
    const url = new URL(location, base);
    // What stands after `#` is for the reader of the page.
    url.hash = "";
    return url.href;
  } catch {
    throw new Refusal("the redirect leads to no URL");
  }
}
