import type { CallFlow } from "../../flow/call-flow.js";
import { argumentOrigins, type ArgumentOrigin, type OriginSource } from "../../flow/origins.js";
import type { ViewPart } from "./part.js";
import { word } from "./visible.js";

/** Sources of one argument that are listed. */
const MAX_SOURCES = 8;

/** Where the arguments come from and what is tainted; names of tools, fields and speakers, and nothing that anybody wrote. */
export function originParts(flow: CallFlow | undefined): readonly ViewPart[] {
  if (flow === undefined || flow.lattice.trivial) return [];
  const firstSeen = flow.firstSeen();
  return [
    ...argumentOrigins(flow).map(originPart),
    {
      kind: "novelty",
      ...(firstSeen === undefined ? {} : { firstSeen }),
      text:
        firstSeen === undefined
          ? "whether its values were seen before is not known"
          : firstSeen
            ? "some value that decides what happens stands in nothing that is trusted"
            : "every value that decides what happens stands in something trusted",
      quoted: false,
    },
  ];
}

function originPart({ name, steers, labels, standing, sources, more }: ArgumentOrigin): ViewPart {
  const tainted = labels === undefined || labels.length > 0;
  const places = sources.slice(0, MAX_SOURCES).map(placeOf);
  const left = Math.max(0, sources.length - MAX_SOURCES) + more;
  return {
    kind: "origin",
    name,
    steers,
    ...(labels === undefined ? {} : { labels }),
    tainted,
    standing,
    sources: sources.slice(0, MAX_SOURCES),
    text: [
      labels === undefined ? "labels not known" : labels.length === 0 ? "trusted" : labels.join(", "),
      ...(standing === "nowhere" ? ["not all of it stands anywhere"] : []),
      ...(standing === "unknown" ? ["the session was begun elsewhere"] : []),
      ...(places.length === 0 ? [] : [`from ${places.join(" and ")}${left > 0 ? ` and ${left} more` : ""}`]),
    ].join("; "),
    quoted: false,
  };
}

function placeOf({ from, path, own, labels }: OriginSource): string {
  const where = path === undefined || path === "" ? word(from) : `${word(from)} (${word(path)})`;
  return `${own ? "the user's own words" : where}${labels.length === 0 ? "" : ` [${labels.join(", ")}]`}`;
}
