import { readMember, readValue } from "@writ/ir/values";
import { at, textAt } from "../json-lines.js";
import { Confusion, Tally, type Comparison } from "./comparison.js";

const NO_TYPES = new Map<string, never>();
const read = (input: string) => readValue({ kind: "Url" }, input, NO_TYPES);

/** WPT's URL tests, of which each names the URL that a text is, or that it is none (web-platform-tests, `url/resources`). */
export function compareConformance(rows: readonly object[]): Comparison {
  const tally = new Tally();
  const none = new Confusion();
  for (const row of rows) {
    const input = textAt(row, "input") ?? "";
    // A call carries no base: what needs one is no URL here.
    const relative = textAt(row, "base") !== undefined;
    const href = at(row, "failure") === true ? undefined : textAt(row, "href");
    const url = read(input);
    const base = textAt(row, "base");
    if (base !== undefined && url.ok && !URL.canParse(base))
      tally.add("agrees", "a URL; the base that the test gives is none", input);
    else if (relative && url.ok) compareAbsolute(tally, input, href, url.wire);
    else if (relative) tally.add("agrees", "needs the base that the test gives, which a call has not", input);
    else {
      none.add(href === undefined, !url.ok);
      if (href === undefined && !url.ok) tally.add("agrees", "no URL", input);
      else if (href === undefined) tally.add("looser", "taken, and is no URL", input);
      else if (!url.ok) tally.add("stricter", url.fault.message, input);
      else compareAbsolute(tally, input, href, url.wire);
    }
  }
  return tally.comparison(
    "url_conformance_wpt",
    "Url: is it one, and which, as the WHATWG standard says?",
    none.figures("texts that are no URL"),
  );
}

function compareAbsolute(tally: Tally, input: string, href: string | undefined, wire: unknown): void {
  const shown = `${input} is ${String(wire)}, not ${href ?? "a URL"}`;
  if (wire === href) tally.add("agrees", "the same URL", input);
  else if (/^file:(?!\/\/)/i.test(input))
    tally.add("agrees", "file: without a host, read without the base that the test gives", shown);
  else if (typeof wire === "string" && href !== undefined && sameHost(wire, href) !== undefined)
    tally.add("agrees", sameHost(wire, href) ?? "", shown);
  else tally.add("looser", "another URL", shown);
}

/** An IPv4-mapped address is the IPv4 address it connects to, and a final dot of a host says nothing. */
function sameHost(wire: string, href: string): string | undefined {
  const [ours, theirs] = [wire, href].map((text) => new URL(text));
  if (ours === undefined || theirs === undefined) return undefined;
  const rest = (url: URL): string => `${url.protocol} ${url.port} ${url.pathname} ${url.search} ${url.hash}`;
  if (rest(ours) !== rest(theirs)) return undefined;
  if (theirs.hostname.startsWith("[::ffff:")) return "an IPv4-mapped address is folded into the address";
  return ours.hostname === theirs.hostname.replace(/\.$/, "") ? "the final dot of a host is dropped" : undefined;
}

/** Addresses of attacks on servers' own networks, and of documents; labelled with whether their host is an internal address. */
export function compareHosts(rows: readonly object[]): Comparison {
  const tally = new Tally();
  const internal = new Confusion();
  for (const row of rows) {
    const [text, label] = [textAt(row, "url") ?? "", textAt(row, "label")];
    const url = read(text);
    const shut = !url.ok || readMember("Url", "private_host", url.value) === true;
    const inside = at(row, "host_is_internal_ip") === true;
    if (label === "benign" || inside) internal.add(inside, shut);
    const how = url.ok ? (shut ? "private_host" : "a public host") : `refused: ${url.fault.message}`;
    if (inside) tally.add(shut ? "agrees" : "looser", `internal address, ${how}`, text);
    else if (label === "benign") tally.add(shut ? "stricter" : "agrees", `address of a document, ${how}`, text);
    else if (shut) tally.add("agrees", `attack by another way than its address, ${how}`, text);
    else tally.add("unseen", "attack by a public host (a redirect, a parameter): its address says nothing", text);
  }
  return tally.comparison(
    "urls",
    "Url.private_host: is the host an internal address?",
    internal.figures("internal addresses"),
  );
}
