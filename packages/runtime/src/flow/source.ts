import type { LabelSet } from "./labels.js";

/** Where something that the model may have read came from. */
export interface SourceRef {
  /** What a person is shown of it: `the user`, `web.fetch`. */
  readonly from: string;
  /** The id in the log of the call whose result it is a part of; absent for what was said. */
  readonly call?: string;
  /** The fields that lead to it in that result (`items.sender`); absent for the whole. */
  readonly path?: string;
}

/** Where a value may stand: a text that somebody said, or one field of a result. */
export interface Source extends SourceRef {
  readonly labels: LabelSet;
  /** The user's own words, not what he pasted. */
  readonly own: boolean;
}

/** What raised the labels of the context, and by which labels. */
export interface Contribution extends SourceRef {
  readonly labels: LabelSet;
}

/** The bare reference of a source, to be kept or shown. */
export function refOf({ from, call, path }: SourceRef): SourceRef {
  return { from, ...(call === undefined ? {} : { call }), ...(path === undefined ? {} : { path }) };
}

/** Whether two references are to one place. */
export function isSamePlace(a: SourceRef, b: SourceRef): boolean {
  return a.from === b.from && a.call === b.call && a.path === b.path;
}
