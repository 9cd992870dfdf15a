/** What a detector found: what it is, where (UTF-16 offsets, end exclusive), and how sure it is, 0 to 1. */
export interface Finding {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
  readonly confidence: number;
}

/** Looks for one kind of thing in a text. A detector that throws or never answers is unavailable, and unknown: never "clean". */
export type Detector = (text: string) => readonly Finding[] | Promise<readonly Finding[]>;
