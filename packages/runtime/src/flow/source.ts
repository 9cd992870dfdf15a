import type { LabelSet } from "./labels.js";

/** Where something that the model may have read came from. */
export interface SourceRef {
  /** What a person is shown of it: `the user`, `web.fetch`. */
  readonly from: string;
  /** The id in the log of the call whose result it is a part of; absent for what was said. */
  readonly call?: string | undefined;
  /** The fields that lead to it in that result (`items.sender`); absent for the whole. */
  readonly path?: string | undefined;
}

/** Where a value may stand: a text that somebody said, or one field of a result. */
export interface Source extends SourceRef {
  readonly labels: LabelSet;
  /** The user's own words, not what he pasted. */
  readonly own: boolean;
}

/** A source at a place. All are of one shape: compiled code that met two would be thrown away when it meets a third. */
export function sourceOf({ from, call, path }: SourceRef, labels: LabelSet, own: boolean): Source {
  return { from, call, path, labels, own };
}

/** What raised the labels of the context, and by which labels. */
export interface Contribution extends SourceRef {
  readonly labels: LabelSet;
}

/** The bare reference of a source, to be kept or shown: one object for each, since a session keeps very many. */
export function refOf(place: SourceRef): SourceRef {
  let ref = refs.get(place);
  if (ref === undefined) {
    const { from, call, path } = place;
    ref = { from, ...(call === undefined ? {} : { call }), ...(path === undefined ? {} : { path }) };
    refs.set(place, ref);
  }
  return ref;
}

const refs = new WeakMap<SourceRef, SourceRef>();

/** Whether two references are to one place. */
export function isSamePlace(a: SourceRef, b: SourceRef): boolean {
  return a.from === b.from && a.call === b.call && a.path === b.path;
}
