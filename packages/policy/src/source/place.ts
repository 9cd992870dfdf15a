/** A stretch of a source, in UTF-16 offsets, end exclusive. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** The stretch from the start of one place to the end of another. */
export function spanning(first: Place, last: Place): Place {
  return { start: first.start, end: last.end };
}
