import type { Grid } from "./grid.js";

/** What is promised of one figure, and what was measured. */
export interface Target {
  readonly name: string;
  /** Undefined where it could not be measured. */
  readonly measured: number | undefined;
  readonly limit: number;
  readonly show: (value: number) => string;
  /** What else is to be said of it. */
  readonly note?: string;
}

export interface Judged {
  readonly name: string;
  readonly measured?: number;
  readonly limit: number;
  readonly met: boolean;
  readonly note?: string;
}

/** What was not measured is not met. */
export function judge({ name, measured, limit, note }: Target): Judged {
  return {
    name,
    ...(measured === undefined ? {} : { measured }),
    limit,
    met: measured !== undefined && measured <= limit,
    ...(note === undefined ? {} : { note }),
  };
}

export function targetGrid(targets: readonly Target[]): Grid {
  return [
    ["target", "measured", "at most", ""],
    ...targets.map((target) => [
      target.name + (target.note === undefined ? "" : ` (${target.note})`),
      target.measured === undefined ? "not measured" : target.show(target.measured),
      target.show(target.limit),
      target.measured === undefined ? "" : judge(target).met ? "met" : "NOT MET",
    ]),
  ];
}
