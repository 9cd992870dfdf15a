import { wilson } from "@writ/testing";
import type { Cell } from "./suite-result.js";

/** `hits` of `of` as a share, with Wilson's 95 % interval for its spread; without a figure where nothing was counted. */
export function shareCell(hits: number, of: number): Cell {
  const share = wilson(hits, of);
  if (share === undefined) return { note: "0 of 0" };
  return { value: share.value, low: share.low, high: share.high, note: countsOf(hits, of, share.low, share.high) };
}

function countsOf(hits: number, of: number, low: number, high: number): string {
  const percent = (part: number): string => (100 * part).toFixed(1);
  return `${hits} of ${of} [${percent(low)}, ${percent(high)}]`;
}

/** A number of things. */
export function countCell(value: number): Cell {
  return { value };
}
