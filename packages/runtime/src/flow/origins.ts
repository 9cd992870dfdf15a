import type { Type } from "@writ/ir";
import type { Value } from "@writ/ir/values";
import type { CallFlow } from "./call-flow.js";
import { integrityIn, labelNames, reaches, type LabelSet } from "./labels.js";
import { isSamePlace, type Contribution, type Source, type SourceRef } from "./source.js";

/** A place that an argument's labels come from: what was said, or a field of the result of a call of this session. */
export interface OriginSource extends SourceRef {
  /** Names of its labels above the lowest, as the policy declares them. */
  readonly labels: readonly string[];
  /** Who may read it; absent: everyone. */
  readonly readers?: readonly string[];
  /** The user's own words. */
  readonly own: boolean;
  /** Where the arguments of that call came from, as far as they raised its labels: the chain further down. */
  readonly through: readonly SourceRef[];
}

/** Where one argument of a call comes from. */
export interface ArgumentOrigin {
  readonly name: string;
  /** Whether it decides what happens: flows on integrity test these. */
  readonly steers: boolean;
  /** Names of its labels; undefined where they are not known. */
  readonly labels: readonly string[] | undefined;
  /**
   * `whole`: all of it stands whole in the sources. `nowhere`: some of it does not, so it has the labels of all that was
   * read, and the sources are what raised those. `handle`: the model named a result. `unknown`: the session's past is.
   */
  readonly standing: "whole" | "nowhere" | "handle" | "unknown";
  readonly sources: readonly OriginSource[];
  /** Further sources that are not listed. */
  readonly more: number;
}

const MAX_SOURCES = 32;

/**
 * Where the arguments of a call got their labels, down to the results they came from: data for an explanation or an
 * approver, never for a decision. With `about`, only arguments that carry one of these labels, and the sources that
 * brought it. Names of tools, fields and speakers, and nothing that anybody wrote.
 */
export function argumentOrigins(flow: CallFlow, about?: readonly string[]): readonly ArgumentOrigin[] {
  const out: ArgumentOrigin[] = [];
  for (const name of flow.given()) {
    const steers = flow.steers().includes(name);
    const matters = carrying(flow, about, steers);
    const labels = flow.ofParam(name);
    if (!matters(labels)) continue;
    const { standing, sources } = placesOf(flow, name, matters);
    out.push({
      name,
      steers,
      labels: labels === undefined ? undefined : labelNames(flow.lattice, labels),
      standing,
      sources: sources.slice(0, MAX_SOURCES).map((source) => toOrigin(flow, source)),
      more: Math.max(0, sources.length - MAX_SOURCES),
    });
  }
  return out;
}

/** The places that the arguments of a call came from, as {@link argumentOrigins} lists them, and nothing else of them. */
export function originPlaces(flow: CallFlow, visit: (place: SourceRef) => void): void {
  for (const name of flow.given()) {
    for (const place of placesOf(flow, name, undefined, MAX_SOURCES).sources) visit(place);
  }
}

/** The steering arguments that were given, with the names of what each stands in: for the person who is asked. */
export function* steeringOrigins(
  flow: CallFlow,
): Iterable<{ readonly name: string; readonly from: readonly string[] }> {
  for (const { name, steers, standing, sources } of argumentOrigins(flow)) {
    if (!steers) continue;
    const whole = standing === "whole" || standing === "handle" ? sources : [];
    const from = new Set(whole.map((source) => source.from));
    if (standing === "handle") from.add("a handle");
    if (standing === "nowhere") from.add("nowhere whole");
    if (standing === "unknown") from.add("unknown: the session was begun elsewhere");
    yield { name, from: [...from] };
  }
}

function carrying(
  { lattice }: CallFlow,
  about: readonly string[] | undefined,
  steers: boolean,
): (labels: LabelSet | undefined) => boolean {
  if (about === undefined) return () => true;
  // Integrity is tested over the arguments that steer, and over no other.
  const looked = about.filter((label) => steers || integrityIn(lattice, [label]) === undefined);
  return (labels) => looked.some((label) => labels === undefined || reaches(lattice, labels, label));
}

type Place = Source | Contribution;

function placesOf(
  flow: CallFlow,
  name: string,
  matters: ((labels: LabelSet) => boolean) | undefined,
  most = Number.POSITIVE_INFINITY,
): { readonly standing: ArgumentOrigin["standing"]; readonly sources: readonly Place[] } {
  const places: Place[] = [];
  const add = (place: Place): void => {
    if (places.length >= most || matters?.(place.labels) === false) return;
    for (const other of places) if (isSamePlace(other, place)) return;
    places.push(place);
  };
  const handle = flow.handleOf(name);
  if (handle !== undefined) add(handle);
  let nowhere = false;
  if (handle === undefined || flow.isPartHandle(name))
    flow.leavesOf(name, (leaf: Value, type: Type | undefined) => {
      const standing = flow.standsIn(leaf, type);
      for (const source of standing) if (places.length <= MAX_SOURCES) add(source);
      if (standing.length === 0) nowhere = true;
    });
  // What stands nowhere may have come from anything that was read; so does everything where the policy goes by the context.
  if (nowhere || flow.byContext) for (const contribution of flow.contributions()) add(contribution);
  const standing = handle !== undefined ? "handle" : !nowhere ? "whole" : flow.pastKnown ? "nowhere" : "unknown";
  return { standing, sources: places };
}

function toOrigin(flow: CallFlow, place: Place): OriginSource {
  const { from, call, path, labels } = place;
  return {
    from,
    ...(call === undefined ? {} : { call }),
    ...(path === undefined ? {} : { path }),
    labels: labelNames(flow.lattice, labels),
    ...(labels.readers === undefined ? {} : { readers: [...labels.readers].toSorted() }),
    own: "own" in place && place.own,
    through: call === undefined ? [] : flow.derivedFrom(call),
  };
}
