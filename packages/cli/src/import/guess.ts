import type { ImportedTool } from "./imported-tool.js";
import { wordsOf } from "./names.js";

export const EFFECTS = ["read", "write", "delete", "egress", "exec", "pay"] as const;
export type Effect = (typeof EFFECTS)[number];

/** What a tool's name says that it does. Every word counts: `get_and_delete` reads and deletes. */
const VERBS: Readonly<Record<Effect, readonly string[]>> = {
  read: "get list read search find lookup fetch query show describe view count check download browse open see retrieve load".split(
    " ",
  ),
  write: `create add update set write append edit insert put patch save modify rename move copy schedule reschedule
    cancel mark assign upload change reset register enable disable approve reject accept archive restore import sync make
    increment toggle replace store`.split(/\s+/),
  delete: "delete remove drop purge clear destroy erase wipe truncate uninstall kill terminate".split(" "),
  egress: `send post publish share message notify reply forward upload push webhook tweet invite export submit fetch
    browse crawl scrape request call dial broadcast announce sync`.split(/\s+/),
  exec: "run exec execute shell bash eval evaluate script spawn terminal install deploy build start restart".split(" "),
  pay: "pay transfer refund charge purchase buy order checkout donate withdraw deposit wire subscribe bid trade sell tip".split(
    " ",
  ),
};
/** Things that tell what is done to them, where the tool does not only read. */
const NOUNS: Readonly<Partial<Record<Effect, readonly string[]>>> = {
  egress: "email mail sms http url webhook participants participant".split(" "),
  exec: "command code cmd".split(" "),
  pay: "money payment payments transaction transactions invoice funds".split(" "),
};
const METHODS: Readonly<Record<string, Effect>> = {
  get: "read",
  head: "read",
  options: "read",
  post: "write",
  put: "write",
  patch: "write",
  delete: "delete",
};
/** Arguments that say where something goes. */
const RECEIVERS = new Set(
  `to cc bcc recipient recipients email emails participant participants attendee attendees url uri href webhook endpoint
   host hostname domain address addresses channel phone number iban account user users username remote destination target
   chat room`.split(/\s+/),
);

/** The type of each argument, by name. */
export type ArgumentTypes = ReadonlyMap<string, string>;

/** What a tool does, as far as names tell; `undefined` where they tell nothing, which can be anything. */
export function guessEffects(tool: ImportedTool, types: ArgumentTypes): readonly Effect[] | undefined {
  const words = wordsOf(tool.wire);
  const found = new Set<Effect>();
  for (const effect of EFFECTS) if (words.some((word) => VERBS[effect].includes(word))) found.add(effect);
  const method = tool.method === undefined ? undefined : METHODS[tool.method];
  if (method !== undefined) found.add(method);
  const acts = [...found].some((effect) => effect !== "read") || found.size === 0;
  if (acts)
    for (const effect of EFFECTS) if (NOUNS[effect]?.some((noun) => words.includes(noun)) === true) found.add(effect);
  for (const type of types.values()) {
    if (/\b(?:Url|Host)\b/.test(type)) found.add("egress");
    if (/\bCommand\b/.test(type)) found.add("exec");
    if (/\bSql\b/.test(type)) found.add("read").add("write").add("delete");
  }
  // A server's own word can make a tool worse than it looks, never better.
  if (tool.claims.writes) found.add("write");
  if (tool.claims.destroys) found.add("delete");
  if (tool.claims.open) found.add("egress");
  if (
    found.size === 0 ||
    (found.size === 1 && found.has("read") && words.every((word) => !VERBS.read.includes(word)) && method === undefined)
  )
    return undefined;
  return EFFECTS.filter((effect) => found.has(effect));
}

/** Arguments through which something leaves: those that name a receiver, or all where none does. */
export function guessSinks(effects: readonly Effect[], types: ArgumentTypes): readonly string[] {
  if (!effects.includes("egress") && !effects.includes("pay")) return [];
  const names = [...types.keys()];
  const receivers = names.filter((name) => {
    const last = wordsOf(name).at(-1) ?? "";
    return RECEIVERS.has(last) || /\b(?:Email|Url|Host|Ip)\b/.test(types.get(name) ?? "");
  });
  return receivers.length > 0 ? receivers : names;
}

/** How much can go wrong; `undefined`, which is `critical`, where it is not known what the tool does. */
export function guessRisk(effects: readonly Effect[] | undefined): "medium" | "high" | "critical" | undefined {
  if (effects === undefined) return undefined;
  if (effects.some((effect) => effect === "delete" || effect === "exec" || effect === "pay")) return "critical";
  return effects.some((effect) => effect !== "read") ? "high" : "medium";
}
